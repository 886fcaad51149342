# METADATA
# title: Native module that is called and nowhere registered
# description: >-
#   An application of Exchange calls a native module that is not registered for the server. IIS answers requests
#   there with an error, or did so until someone registered the module elsewhere: it is what an uninstaller
#   leaves behind, or what is left when a module was removed by hand. TokenCacheModule may be missing, as
#   Microsoft's mitigation of CVE-2023-21709 removes it.
# related_resources:
#   - ref: https://learn.microsoft.com/iis/configuration/system.webserver/globalmodules/
# custom:
#   id: EXV-IIS-001C
#   stance: review
#   severity: low
#   clause: C3
#   basis: inference
#   needs: [iis.global_modules, iis.modules, iis.apps, iis.directories, iis.pools, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Take the entry out if a product left it behind. If the module is one of Exchange or IIS, register it again
#     by running the update of this build once more.
#   repro: >-
#     Save the configuration with appcmd add backup, take the entry out, and test again; appcmd restore backup
#     puts it back.
package exvet.rules.iis.dangling_module

import data.exvet.iis
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some module in input.facts.iis.modules
	module.type == ""
	not module.key in _registered
	some place in iis.places(module.scopes)
	finding := {
		"subject": rule.subject(["module", place, module.name]),
		"message": sprintf(
			"native module %s is called %s and not registered; consistent with clause C3, as a product leaves it behind",
			[module.name, iis.place_text(place)],
		),
		"evidence": rule.history(module, module.name),
	}
}

_registered := {module.key | some module in input.facts.iis.global_modules} | {"tokencachemodule"}
