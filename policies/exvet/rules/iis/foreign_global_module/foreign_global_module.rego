# METADATA
# title: Foreign native module loaded into Exchange worker processes
# description: >-
#   IIS loads the image of every native module into every worker process its preconditions match, whether or
#   not an application enables it. This one is neither of Exchange setup nor an optional feature of IIS, and
#   Exchange does not support other code in its pools.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/configuration/system.webserver/globalmodules/
# custom:
#   id: EXV-IIS-001
#   stance: unsupported
#   severity: high
#   clause: C3
#   basis: kb
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
package exvet.rules.iis.foreign_global_module

import data.exvet.binary
import data.exvet.iis
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some module in iis.foreign_global_modules
	iis.loads(module.preconditions)
	finding := {
		"subject": rule.subject(["global-module", module.name]),
		"severity": object.get({"microsoft": "low"}, binary.trust(module.image_key), "high"),
		"message": binary.tell(
			module.image_key,
			sprintf("native module %s (%s) is loaded into Exchange's worker processes", [module.name, module.image]),
		),
		"evidence": array.flatten([
			rule.history(module, module.image),
			_enabled(module),
			binary.evidence(module.image_key),
		]),
		"binary": module.image_key,
		"integration": products.file_owner(module.image_key),
	}
}

# Where an application of Exchange calls it.
_enabled(module) := sort({rule.evidence(entry, entry.name) |
	some entry in input.facts.iis.modules
	entry.key == module.key
	entry.type == ""
	some scope in entry.scopes
	iis.scopes[scope]
})
