# METADATA
# title: Rewrite rule on a path of Exchange
# description: >-
#   A rule of the URL Rewrite module acts on requests to Exchange and is not one Microsoft installs. Rules
#   that refuse requests are usually meant to protect the server; global rules act on every site and are a
#   favourite of attackers.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/extensions/url-rewrite-module/url-rewrite-module-configuration-reference
# custom:
#   id: EXV-IIS-040
#   stance: review
#   severity: medium
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
package exvet.rules.iis.inbound_rewrite

import data.exvet.rewrite
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some match in rewrite.requests
	severity := _severity(match)
	finding := {
		"subject": rewrite.subject(match),
		"message": sprintf("%s; consistent with clause C2 if it changes what Exchange receives", [rewrite.text(match)]),
		"severity": severity,
		"evidence": rule.history(match.rule, rewrite.action(match.rule)),
	}
}

_severity(match) := "high" if {
	match.rule.kind == "global"
	match.class in {"blocking", "front_door", "other"}
} else := _severities[match.class]

_severities := {"blocking": "low", "front_door": "info", "other": "medium"}
