# METADATA
# title: Foreign ISAPI or CGI program in an Exchange application
# description: >-
#   A handler sends requests of an Exchange application to an ISAPI extension or a CGI program that neither
#   Exchange setup nor ASP.NET registers. Scripting languages on an Exchange site are other applications in
#   its worker process.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/configuration/system.webserver/handlers/
# custom:
#   id: EXV-IIS-007
#   stance: unsupported
#   severity: high
#   clause: C3
#   basis: kb
#   needs: [iis.handlers, iis.apps, iis.directories, iis.pools, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Uninstall the product from this server, or move it to a reverse proxy or an IIS server of its own, where
#     it shares no worker process with Exchange.
#   alternative: >-
#     A transport agent, EWS or Graph for mail; AD FS or hybrid modern authentication in front of Exchange for
#     signing in.
#   repro: >-
#     Save the configuration with appcmd add backup, take the entry out, restart W3SVC and WAS, check the
#     modules of the worker process, and test again; appcmd restore backup puts it back.
package exvet.rules.iis.foreign_isapi_handler

import data.exvet.binary
import data.exvet.iis
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some handler in iis.foreign_program_handlers
	some scope in handler.scopes
	iis.runs(iis.scopes[scope], handler.preconditions)
	program := iis.program(handler)
	finding := {
		"subject": rule.subject(["handler", scope, handler.name]),
		"message": binary.tell(
			handler.script_processor_key,
			sprintf("handler %s runs %s for %s in %s", [handler.name, program, handler.path, scope]),
		),
		"evidence": array.concat(rule.history(handler, program), binary.evidence(handler.script_processor_key)),
		"binary": handler.script_processor_key,
		"integration": products.file_owner(handler.script_processor_key),
	}
}
