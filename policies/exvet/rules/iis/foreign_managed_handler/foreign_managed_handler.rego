# METADATA
# title: Foreign managed handler in an Exchange application
# description: >-
#   A handler answers requests of an Exchange application, or of a folder below one, with a .NET type that
#   neither Exchange setup nor ASP.NET registers. It changes what Exchange sends and receives, and runs in its
#   worker process.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/configuration/system.webserver/handlers/
# custom:
#   id: EXV-IIS-008
#   stance: unsupported
#   severity: high
#   clause: C2
#   basis: inference
#   needs: [iis.handlers, iis.apps, iis.directories, iis.pools, exchange.root]
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
package exvet.rules.iis.foreign_managed_handler

import data.exvet.binary
import data.exvet.iis
import data.exvet.known
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some handler in input.facts.iis.handlers
	handler.type != ""
	not known.managed_handlers[known.type_key(handler)]
	some scope in handler.scopes
	iis.runs_managed(iis.scopes[scope], handler.preconditions)
	finding := {
		"subject": rule.subject(["handler", scope, handler.name]),
		"message": sprintf("handler %s answers %s in %s with %s; consistent with clause C2", [
			handler.name,
			handler.path,
			scope,
			handler.type,
		]),
		"evidence": array.concat(rule.history(handler, handler.type), binary.assembly_evidence(handler.assembly)),
		"binary": binary.assembly_file(handler.assembly),
		"integration": products.assembly_owner(handler.assembly, binary.assembly_paths(handler.assembly)),
	}
}
