# METADATA
# title: Native module whose image is missing or not signed
# description: >-
#   Everything Exchange and IIS load is signed by Microsoft, in the file or by a catalog of Windows, and so are
#   the modules of known vendors. An image that is not signed, whose signature does not match, or that is not
#   there, is looked at first when a server may be compromised. Without the file, or without the catalogs a file
#   of Windows is signed by, nothing is found and the rule is unknown. A signature that leads to nobody this server
#   trusts, or has expired, is medium. A validly signed module of a vendor is the matter of EXV-IIS-001.
# related_resources:
#   - ref: https://learn.microsoft.com/iis/configuration/system.webserver/globalmodules/
#   - ref: https://attack.mitre.org/techniques/T1505/004/
# custom:
#   id: EXV-IIS-003
#   stance: security
#   severity: high
#   clause: "-"
#   basis: inference
#   needs: [iis.global_modules, exchange.root, binaries.iis]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Treat it as a possible compromise: isolate the server, keep the file with its times and hash as
#     evidence, and follow your incident response. Do not just delete it.
#   repro: >-
#     Keep a copy of the file and of the configuration before anything is changed.
package exvet.rules.iis.unsigned_global_module

import data.exvet.binary
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some module in input.facts.iis.global_modules
	why := _elsewhere(module.image_key)
	finding := {
		"subject": rule.subject(["global-module", module.name]),
		"message": sprintf("the image of native module %s (%s) %s", [module.name, module.image, why]),
		"evidence": rule.history(module, module.image),
		"binary": module.image_key,
		"integration": products.file_owner(module.image_key),
	}
}

findings contains finding if {
	some module in input.facts.iis.global_modules
	severity := _severity[binary.trust(module.image_key)]
	finding := {
		"subject": rule.subject(["global-module", module.name]),
		"message": sprintf("native module %s is %s, %s", [module.name, module.image, binary.said(module.image_key)]),
		"severity": severity,
		"evidence": array.concat(rule.history(module, module.image), binary.evidence(module.image_key)),
		"binary": module.image_key,
		"integration": products.file_owner(module.image_key),
	}
}

_severity := {"unsigned": "high", "bad": "high", "absent": "high", "untrusted": "medium"}

# A variable nobody could expand leaves open where the image lies.
_elsewhere("") := "is not named"

_elsewhere(key) := "lies on another computer" if startswith(key, `\\`)

_elsewhere(key) := "has no drive, and is found by searching" if {
	key != ""
	not startswith(key, `\\`)
	not startswith(key, "%")
	substring(key, 1, 1) != ":"
}
