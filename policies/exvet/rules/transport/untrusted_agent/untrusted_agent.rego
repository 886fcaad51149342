# METADATA
# title: Transport agent that cannot be what it says
# description: >-
#   A transport agent reads and changes every message. This one bears a name of Microsoft's and is not
#   signed by Microsoft, or was changed after it was signed, or is loaded from a share or a temporary
#   folder, where others can replace it. Attackers have used agents to read mail and to give servers
#   orders by mail.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/mail-flow/transport-agents/transport-agents
# custom:
#   id: EXV-TRA-004
#   stance: security
#   severity: critical
#   clause: "-"
#   basis: inference
#   needs: [transport.agents, exchange.root, binaries.transport]
#   remediation: >-
#     Treat it as a possible compromise: isolate the server, keep the file with its times and hash as
#     evidence, and follow your incident response. Do not just delete it.
#   repro: >-
#     Disable-TransportAgent, and keep the file.
package exvet.rules.transport.untrusted_agent

import data.exvet.agent
import data.exvet.binary
import data.exvet.path
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.transport.agents
	reason := _reasons(row)[0]
	finding := {
		"subject": agent.subject(row),
		"message": sprintf(
			"transport agent %s (%s, %s) %s%s",
			[row.name, row.factory, row.assembly, reason, _hint(row)],
		),
		"severity": _severity(row),
		"evidence": array.concat([rule.evidence(row, agent.text(row))], binary.evidence(row.assembly_key)),
		"binary": row.assembly_key,
	}
}

_reasons(row) := array.flatten([
	[sprintf("says it is Microsoft's and is %s", [binary.said(row.assembly_key)]) | _pretends(row)],
	[sprintf("has a file %s", [binary.said(row.assembly_key)]) |
		not _pretends(row)
		binary.trust(row.assembly_key) == "bad"
	],
	["is loaded from a place where others can replace it" | not _pretends(row); _open(row.assembly_key)],
])

_pretends(row) if {
	path.exchange_root
	agent.claims(row)
	binary.unproven(row.assembly_key)
}

_severity(row) := "critical" if {
	_pretends(row)
} else := "critical" if {
	binary.trust(row.assembly_key) == "bad"
} else := "high"

_open(key) if startswith(key, `\\`)

_open(key) if regex.match(`\\(temp|tmp|users|inetpub|perflogs)\\|^[a-z]:\\programdata\\[^\\]+$`, key)

_hint(row) := sprintf("; attackers' %s uses this name", [tool]) if {
	tool := products.attack_tool([row.key, path.base(row.assembly_key)])
} else := ""
