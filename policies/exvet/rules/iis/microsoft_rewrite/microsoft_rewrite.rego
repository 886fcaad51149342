# METADATA
# title: Rewrite rule of Microsoft on a path of Exchange
# description: >-
#   A rule of the URL Rewrite module with the name and the behaviour of one that Microsoft installs or tells
#   administrators to install: a mitigation of the Exchange Emergency Mitigation Service or of EOMT, or the
#   workaround for calendar files.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/extensions/url-rewrite-module/url-rewrite-module-configuration-reference
# custom:
#   id: EXV-IIS-040D
#   stance: supported
#   severity: info
#   clause: C2
#   basis: inference
#   needs: [iis.rewrite_rules, iis.apps, iis.directories, iis.pools, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Leave it until the update that repairs the cause is installed, then remove it.
#   repro: >-
#     Rules of Microsoft need no test without them.
package exvet.rules.iis.microsoft_rewrite

import data.exvet.product as products
import data.exvet.rewrite
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some match in rewrite.requests
	match.class in {"mitigation", "workaround"}
	finding := {
		"subject": rewrite.subject(match),
		"message": sprintf("%s; Microsoft's own", [rewrite.text(match)]),
		"evidence": rule.history(match.rule, rewrite.action(match.rule)),
		"integration": products.rewrites[match.class],
	}
}
