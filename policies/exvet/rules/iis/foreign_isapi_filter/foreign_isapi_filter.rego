# METADATA
# title: Foreign ISAPI filter on a site of Exchange
# description: >-
#   An ISAPI filter sees and may change every request and response of its site. This one is not of Exchange
#   setup and is effective on a site with applications of Exchange. Microsoft names filters where it says that
#   changing the traffic of Outlook on the web and EWS is not supported.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/configuration/system.webserver/isapifilters/
# custom:
#   id: EXV-IIS-010
#   stance: unsupported
#   severity: high
#   clause: C2
#   basis: kb
#   needs: [iis.filters, iis.apps, iis.sites, iis.pools, exchange.root]
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
package exvet.rules.iis.foreign_isapi_filter

import data.exvet.binary
import data.exvet.iis
import data.exvet.known
import data.exvet.path
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	path.exchange_root
	some filter in input.facts.iis.filters
	filter.enabled
	not known.baseline.filters[path.token(filter.path_key)]
	some scope in filter.scopes
	scope in iis.sites
	iis.site_runs(scope, filter.preconditions)
	finding := {
		"subject": rule.subject(["filter", scope, filter.name]),
		"severity": object.get({"microsoft": "low"}, binary.trust(filter.path_key), "high"),
		"message": binary.tell(filter.path_key, sprintf("ISAPI filter %s (%s) on %s", [filter.name, filter.path, scope])),
		"evidence": array.concat(rule.history(filter, filter.path), binary.evidence(filter.path_key)),
		"binary": filter.path_key,
		"integration": products.file_owner(filter.path_key),
	}
}
