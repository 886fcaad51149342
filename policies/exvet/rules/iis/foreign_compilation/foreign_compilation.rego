# METADATA
# title: Foreign assembly compiled into the pages of Exchange
# description: >-
#   ASP.NET loads these assemblies, build providers and expression builders into the worker process when it
#   compiles the pages of an application. This one is neither of Exchange nor of the .NET Framework, by its
#   name and public key token together. What it does there cannot be told from the configuration.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/previous-versions/dotnet/netframework-4.0/s10awwz0(v=vs.100)
# custom:
#   id: EXV-IIS-048B
#   stance: review
#   severity: medium
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
package exvet.rules.iis.foreign_compilation

import data.exvet.iis
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some entry in iis.foreign_types
	startswith(entry.section, "system.web/compilation/")
	some place in iis.places(entry.scopes)
	finding := {
		"subject": rule.subject(["config", place, concat("/", [entry.section, entry.name])]),
		"message": sprintf("%s loads %s %s; consistent with clause C2", [
			entry.section,
			entry.type,
			iis.place_text(place),
		]),
		"evidence": rule.history(entry, entry.type),
	}
}
