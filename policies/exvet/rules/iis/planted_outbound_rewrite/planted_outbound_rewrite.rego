# METADATA
# title: Outbound rewrite rule borrows a name of Microsoft
# description: >-
#   An outbound rule of the URL Rewrite module has the name of a mitigation of Microsoft and does something
#   else than set the header that mitigation sets.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/extensions/url-rewrite-module/url-rewrite-module-configuration-reference
# custom:
#   id: EXV-IIS-041B
#   stance: security
#   severity: critical
#   clause: C2
#   basis: inference
#   needs: [iis.rewrite_rules, iis.apps, iis.directories, iis.pools, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Treat it as a possible compromise: isolate the server, keep the file with its times and hash as
#     evidence, and follow your incident response. Do not just delete it.
#   repro: >-
#     Keep a copy of the file and of the configuration before anything is changed.
package exvet.rules.iis.planted_outbound_rewrite

import data.exvet.rewrite
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some match in rewrite.responses
	match.class == "reused_name"
	finding := {
		"subject": rewrite.subject(match),
		"message": sprintf("%s; a mitigation of Microsoft has this name and does something else", [rewrite.text(match)]),
		"evidence": rule.history(match.rule, rewrite.action(match.rule)),
	}
}
