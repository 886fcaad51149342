# METADATA
# title: Foreign ISAPI filter that reaches no site of Exchange
# description: >-
#   An ISAPI filter that is not of Exchange setup is registered for the whole server. The sites of Exchange
#   clear the list before they add their own, so it does not reach them; a change of one line would let it. Or
#   it stands on one of those sites, and its preconditions (bitness32) match none of the pools there.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/configuration/system.webserver/isapifilters/
# custom:
#   id: EXV-IIS-010B
#   stance: review
#   severity: low
#   clause: C2
#   basis: inference
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
package exvet.rules.iis.idle_isapi_filter

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
	"" in filter.scopes
	not known.baseline.filters[path.token(filter.path_key)]
	count({scope | some scope in filter.scopes} & iis.sites) == 0
	finding := _finding(filter, "", "is cleared on Exchange's sites")
}

findings contains finding if {
	path.exchange_root
	some filter in input.facts.iis.filters
	filter.enabled
	not known.baseline.filters[path.token(filter.path_key)]
	some scope in filter.scopes
	scope in iis.sites
	not iis.site_runs(scope, filter.preconditions)
	why := sprintf(
		"stays out of the pools of %s by its preconditions (%s)",
		[scope, concat(",", filter.preconditions)],
	)
	finding := _finding(filter, scope, why)
}

_finding(filter, scope, why) := {
	"subject": rule.subject(["filter", scope, filter.name]),
	"message": binary.tell(
		filter.path_key,
		sprintf("ISAPI filter %s (%s) %s; there it would be consistent with clause C2", [
			filter.name,
			filter.path,
			why,
		]),
	),
	"evidence": array.concat(rule.history(filter, filter.path), binary.evidence(filter.path_key)),
	"binary": filter.path_key,
	"integration": products.file_owner(filter.path_key),
}
