# METADATA
# title: Foreign module or handler of ASP.NET's old pipeline that does not run
# description: >-
#   The lists httpModules and httpHandlers of system.web are read only in a pool of the classic pipeline, and
#   the pools of Exchange have the integrated one. The type, which neither Exchange setup nor ASP.NET
#   registers, does nothing until the pool is changed; it tells that a product was, or was meant to be,
#   installed here.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/previous-versions/aspnet/bb470252(v=vs.100)
# custom:
#   id: EXV-IIS-008D
#   stance: review
#   severity: low
#   clause: C2
#   basis: inference
#   needs: [iis.managed_types, iis.apps, iis.directories, iis.pools, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Remove the entry from Exchange's paths, and do the work on a load balancer or web application firewall
#     in front of the server.
#   alternative: >-
#     An external proxy for headers and bodies, add-ins for the user interface, the documented style sheets
#     and images for branding.
#   repro: >-
#     Nothing to try: the entry does not run.
package exvet.rules.iis.idle_classic_type

import data.exvet.iis
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some entry in iis.foreign_types
	entry.section in {"system.web/httpModules", "system.web/httpHandlers"}
	some scope in entry.scopes
	iis.scopes[scope]
	not iis.scopes[scope] in iis.classic_apps
	finding := {
		"subject": rule.subject(["config", scope, concat("/", [entry.section, entry.name])]),
		"message": sprintf("%s adds %s (%s) in %s, where it does not run; consistent with clause C2", [
			entry.section,
			entry.name,
			entry.type,
			scope,
		]),
		"evidence": rule.history(entry, entry.type),
	}
}
