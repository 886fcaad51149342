# METADATA
# title: Outbound rewrite rule on a path of Exchange
# description: >-
#   An outbound rule of the URL Rewrite module changes what Exchange answers, in headers or in the body.
#   Exchange does not support changes of its streams.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/extensions/url-rewrite-module/url-rewrite-module-configuration-reference
# custom:
#   id: EXV-IIS-041
#   stance: unsupported
#   severity: high
#   clause: C2
#   basis: inference
#   needs: [iis.rewrite_rules, iis.apps, iis.directories, iis.pools, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Remove the entry from Exchange's paths, and do the work on a load balancer or web application firewall
#     in front of the server.
#   alternative: >-
#     An external proxy for headers and bodies, add-ins for the user interface, the documented style sheets
#     and images for branding.
#   repro: >-
#     Save the configuration with appcmd add backup, disable this one entry on this application, and test
#     again; appcmd restore backup puts it back.
package exvet.rules.iis.outbound_rewrite

import data.exvet.rewrite
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some match in rewrite.responses
	match.class == "other"
	finding := {
		"subject": rewrite.subject(match),
		"message": sprintf("%s; consistent with clause C2", [rewrite.text(match)]),
		"evidence": rule.history(match.rule, rewrite.action(match.rule)),
	}
}
