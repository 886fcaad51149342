# METADATA
# title: Outbound rewrite rule of Microsoft on a path of Exchange
# description: >-
#   An outbound rule of the URL Rewrite module that sets one header and nothing else: the Content-Security-
#   Policy of a mitigation of Microsoft, known by its name and its behaviour, or the Strict-Transport-Security
#   that Microsoft supports on the front end.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/extensions/url-rewrite-module/url-rewrite-module-configuration-reference
# custom:
#   id: EXV-IIS-041C
#   stance: supported
#   severity: info
#   clause: C2
#   basis: inference
#   needs: [iis.rewrite_rules, iis.apps, iis.directories, iis.pools, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Leave it. A mitigation can go when the update that repairs its cause is installed.
#   repro: >-
#     Rules of Microsoft need no test without them.
package exvet.rules.iis.microsoft_outbound_rewrite

import data.exvet.product as products
import data.exvet.rewrite
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some match in rewrite.responses
	match.class in {"mitigation", "transport_security"}
	finding := {
		"subject": rewrite.subject(match),
		"message": sprintf("%s; sets one header and nothing else", [rewrite.text(match)]),
		"evidence": rule.history(match.rule, rewrite.action(match.rule)),
		"integration": products.rewrites[match.class],
	}
}
