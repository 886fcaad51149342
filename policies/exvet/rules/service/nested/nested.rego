# METADATA
# title: Service of another product in Exchange's folder
# description: >-
#   A service that is not one of Exchange runs a program in the folder of Exchange, where updates replace files
#   and where its DLLs lie beside those of Exchange. A newer update may bring a service that is not known yet.
#   Whether the program is signed is not looked at.
# related_resources:
#   - ref: https://attack.mitre.org/techniques/T1574/001/
# custom:
#   id: EXV-SVC-009
#   stance: review
#   severity: medium
#   clause: "-"
#   basis: inference
#   needs: [services.list, exchange.root]
#   remediation: >-
#     Check who made the file. Have the product installed in a folder of its own; where nobody knows it, treat
#     it as a possible compromise.
package exvet.rules.service.nested

import data.exvet.binary
import data.exvet.path
import data.exvet.product as products
import data.exvet.rule
import data.exvet.service

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some found in input.facts.services.list
	path.below(path.token(found.path_key), "{exchange}")
	not service.hosts[found.key]
	finding := {
		"subject": rule.subject(["service", found.name]),
		"message": binary.tell(
			found.path_key,
			sprintf("%s, which is not of Exchange, runs %s", [found.name, found.image]),
		),
		"evidence": array.concat(
			[rule.registry(concat("", [found.ref, "!ImagePath"]), found.image)],
			binary.evidence(found.path_key),
		),
		"binary": found.path_key,
		"integration": products.file_owner(found.path_key),
	}
}
