# METADATA
# title: Foreign module or handler that its application never loads
# description: >-
#   A module or handler that Exchange setup did not write stands in the configuration of an application of
#   Exchange, and never runs there: its preconditions (bitness32, classicMode, runtimeVersionv2.0) do not match
#   the pool of the application, or the pool is in classic mode or has no .NET runtime, and the entry is .NET
#   code. Another setting of the pool would let it in.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/get-started/introduction-to-iis/iis-modules-overview
# custom:
#   id: EXV-IIS-004C
#   stance: review
#   severity: low
#   clause: C3
#   basis: inference
#   needs: [iis.modules, iis.handlers, iis.apps, iis.directories, iis.pools, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Uninstall the product from this server, or take out the entry it left behind; nothing of Exchange needs
#     it.
#   alternative: >-
#     A transport agent, EWS or Graph for mail; AD FS or hybrid modern authentication in front of Exchange for
#     signing in.
#   repro: >-
#     Save the configuration with appcmd add backup, take the entry out, and check that nothing changes;
#     appcmd restore backup puts it back.
package exvet.rules.iis.idle_entry

import data.exvet.iis
import data.exvet.known
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some module in input.facts.iis.modules
	module.type != ""
	not known.managed_modules[known.type_key(module)]
	some scope in module.scopes
	iis.scopes[scope]
	not iis.runs_managed(iis.scopes[scope], module.preconditions)
	finding := _finding("module", scope, module, module.type)
}

findings contains finding if {
	some handler in input.facts.iis.handlers
	handler.type != ""
	not known.managed_handlers[known.type_key(handler)]
	some scope in handler.scopes
	iis.scopes[scope]
	not iis.runs_managed(iis.scopes[scope], handler.preconditions)
	finding := _finding("handler", scope, handler, handler.type)
}

findings contains finding if {
	some handler in iis.foreign_program_handlers
	some scope in handler.scopes
	iis.scopes[scope]
	not iis.runs(iis.scopes[scope], handler.preconditions)
	finding := _finding("handler", scope, handler, iis.program(handler))
}

_finding(kind, scope, entry, code) := {
	"subject": rule.subject([kind, scope, entry.name]),
	"message": sprintf("%s %s (%s) never runs in %s, as %s; loaded, it would be consistent with clause C3", [
		kind,
		entry.name,
		code,
		scope,
		_why(scope, entry),
	]),
	"evidence": rule.history(entry, code),
}

_why(scope, entry) := "its pool runs no .NET code that way" if {
	iis.runs(iis.scopes[scope], entry.preconditions)
} else := sprintf("its pool is not as its preconditions (%s) want it", [concat(",", entry.preconditions)])
