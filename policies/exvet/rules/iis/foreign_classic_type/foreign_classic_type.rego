# METADATA
# title: Foreign module or handler of ASP.NET's old pipeline in a classic pool
# description: >-
#   The lists httpModules and httpHandlers of system.web are read only in a pool of the classic pipeline. The
#   application runs in one, so that the type, which neither Exchange setup nor ASP.NET registers, sees or
#   answers its requests.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/previous-versions/aspnet/bb470252(v=vs.100)
# custom:
#   id: EXV-IIS-008C
#   stance: unsupported
#   severity: high
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
#     Save the configuration with appcmd add backup, disable this one entry on this application, and test
#     again; appcmd restore backup puts it back.
package exvet.rules.iis.foreign_classic_type

import data.exvet.iis
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some entry in iis.foreign_types
	entry.section in {"system.web/httpModules", "system.web/httpHandlers"}
	some scope in entry.scopes
	scope in iis.classic_apps
	finding := {
		"subject": rule.subject(["config", scope, concat("/", [entry.section, entry.name])]),
		"message": sprintf("%s adds %s (%s) in %s; consistent with clause C2", [
			entry.section,
			entry.name,
			entry.type,
			scope,
		]),
		"evidence": rule.history(entry, entry.type),
	}
}
