# METADATA
# title: Native module that deserves a look, not loaded into Exchange worker processes or of Microsoft
# description: >-
#   A native module that Exchange setup did not install is registered for the whole server. Its preconditions
#   keep it out of every Exchange worker process (bitness32, say), or it is a feature of IIS that gets in the
#   way of Exchange, such as WebDAV publishing.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/configuration/system.webserver/globalmodules/
# custom:
#   id: EXV-IIS-001B
#   stance: review
#   severity: low
#   clause: C3
#   basis: inference
#   needs: [iis.global_modules, iis.apps, iis.pools, exchange.root]
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
package exvet.rules.iis.idle_global_module

import data.exvet.binary
import data.exvet.iis
import data.exvet.known
import data.exvet.path
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some module in iis.foreign_global_modules
	not iis.loads(module.preconditions)
	finding := _finding(module, sprintf(
		"native module %s (%s) stays out by its preconditions (%s); loaded, it would be consistent with clause C3",
		[module.name, module.image, concat(",", module.preconditions)],
	))
}

findings contains finding if {
	some module in input.facts.iis.global_modules
	known.optional.review_global_modules[module.key][path.token(module.image_key)]
	finding := _finding(module, sprintf(
		"native module %s (%s) is not of Exchange setup; consistent with clause C3 where it handles requests",
		[module.name, module.image],
	))
}

_finding(module, message) := {
	"subject": rule.subject(["global-module", module.name]),
	"message": binary.tell(module.image_key, message),
	"evidence": array.concat(rule.history(module, module.image), binary.evidence(module.image_key)),
	"binary": module.image_key,
	"integration": products.file_owner(module.image_key),
}
