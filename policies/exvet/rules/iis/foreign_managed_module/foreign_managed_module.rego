# METADATA
# title: Foreign managed module in an Exchange application
# description: >-
#   A .NET module sees every request of the application it is added to. Exchange setup did not add this one:
#   its class, assembly and public key token together are none of those Exchange and IIS register. A name that
#   begins with Microsoft, or the token of Microsoft in the text, proves nothing. With the name of one of the
#   modules of Exchange it is critical. One that the pool of the application never loads is another rule's.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/configuration/system.webserver/modules/
# custom:
#   id: EXV-IIS-004
#   stance: unsupported
#   severity: high
#   clause: C3
#   basis: kb
#   needs: [iis.modules, iis.apps, iis.directories, iis.pools, exchange.root]
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
package exvet.rules.iis.foreign_managed_module

import data.exvet.binary
import data.exvet.iis
import data.exvet.known
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some module in input.facts.iis.modules
	module.type != ""
	not known.managed_modules[known.type_key(module)]
	some scope in module.scopes
	iis.runs_managed(iis.scopes[scope], module.preconditions)
	finding := {
		"subject": rule.subject(["module", scope, module.name]),
		"message": sprintf("%s %s (%s) in %s%s", [
			_what[_severity(module)],
			module.name,
			module.type,
			scope,
			binary.assembly_remark(module.assembly),
		]),
		"severity": _severity(module),
		"evidence": array.concat(rule.history(module, module.type), binary.assembly_evidence(module.assembly)),
		"binary": binary.assembly_file(module.assembly),
		"integration": products.assembly_owner(module.assembly, binary.assembly_paths(module.assembly)),
	}
}

_severity(module) := "critical" if {
	known.baseline.exchange_modules[module.key]
} else := "high"

_what := {
	"high": "foreign managed module",
	"critical": "foreign managed module under the name of Exchange's own",
}
