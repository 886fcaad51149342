# METADATA
# title: Rewrite rule opens a script or borrows a name of Microsoft
# description: >-
#   A rule of the URL Rewrite module rewrites requests to a script or into a folder web shells are left in, or
#   has the name of a mitigation of Microsoft and does something else. Attackers use both.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/extensions/url-rewrite-module/url-rewrite-module-configuration-reference
# custom:
#   id: EXV-IIS-040C
#   stance: security
#   severity: high
#   clause: C2
#   basis: inference
#   needs: [iis.rewrite_rules, iis.apps, iis.directories, iis.pools, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Treat it as a possible compromise: isolate the server, keep the file with its times and hash as
#     evidence, and follow your incident response. Do not just delete it.
#   repro: >-
#     Keep a copy of the file and of the configuration before anything is changed.
package exvet.rules.iis.planted_rewrite

import data.exvet.rewrite
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some match in rewrite.requests
	[severity, why] := _classes[match.class]
	finding := {
		"subject": rewrite.subject(match),
		"message": sprintf("%s; %s", [rewrite.text(match), why]),
		"severity": severity,
		"evidence": rule.history(match.rule, rewrite.action(match.rule)),
	}
}

_classes := {
	"script": ["high", "consistent with a way to a planted script"],
	"reused_name": ["critical", "a mitigation of Microsoft has this name and does something else"],
}
