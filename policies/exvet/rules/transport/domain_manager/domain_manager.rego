# METADATA
# title: Transport service set to load code before its own
# description: >-
#   The configuration of a program of the transport services names an AppDomainManager or an assembly
#   outside the folder of Exchange: .NET loads it before anything of Exchange. Setup names none.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/mail-flow/transport-agents/transport-agents
# custom:
#   id: EXV-TRA-008B
#   stance: security
#   severity: high
#   clause: C5
#   basis: inference
#   needs: [transport.settings, exchange.root]
#   remediation: >-
#     Treat it as a possible compromise: isolate the server, keep the file with its times and hash as
#     evidence, and follow your incident response. Do not just delete it.
package exvet.rules.transport.domain_manager

import data.exvet.path
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some setting in input.facts.transport.settings
	_foreign(setting)
	finding := {
		"subject": rule.subject(["config", concat("/", [setting.program, setting.name])]),
		"message": sprintf("%s loads code before its own: %s", [setting.program, setting.value]),
		"evidence": [rule.evidence(setting, setting.value)],
	}
}

_foreign(setting) if setting.name == "app_domain_manager"

_foreign(setting) if {
	setting.name == "code_base"
	path.exchange_root != ""
	place := path.token(setting.key)
	not path.below(place, "{exchange}")
	not path.below(place, "{windir}")
}
