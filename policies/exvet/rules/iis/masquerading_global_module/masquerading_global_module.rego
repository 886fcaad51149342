# METADATA
# title: Native module passes for one of Exchange or IIS
# description: >-
#   A native module has the name of one that Exchange setup or IIS installs and another image, or the file
#   name of one and another folder. The OwaAuth backdoor came this way. The case of a path and the variables
#   it is written with do not count.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/configuration/system.webserver/globalmodules/
#   - ref: https://attack.mitre.org/software/S0072/
# custom:
#   id: EXV-IIS-002
#   stance: security
#   severity: critical
#   clause: C3
#   basis: inference
#   needs: [iis.global_modules, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Treat it as a possible compromise: isolate the server, keep the file with its times and hash as
#     evidence, and follow your incident response. Do not just delete it.
#   repro: >-
#     Keep a copy of the file and of the configuration before anything is changed.
package exvet.rules.iis.masquerading_global_module

import data.exvet.binary
import data.exvet.iis
import data.exvet.path
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some [module, real] in iis.masquerading_global_modules
	finding := {
		"subject": rule.subject(["global-module", module.name]),
		"severity": object.get({"microsoft": "medium"}, binary.trust(module.image_key), "critical"),
		"message": binary.tell(
			module.image_key,
			sprintf("native module %s is %s and setup installs %s; consistent with clause C3", [
				module.name,
				module.image,
				path.spell(real),
			]),
		),
		"evidence": array.concat(rule.history(module, module.image), binary.evidence(module.image_key)),
		"binary": module.image_key,
		"integration": products.file_owner(module.image_key),
	}
}
