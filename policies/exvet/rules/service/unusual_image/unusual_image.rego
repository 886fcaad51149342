# METADATA
# title: Exchange service runs a program in an unusual way
# description: >-
#   A service of Exchange starts a program of Exchange's folder that is not known as one of its programs, or
#   with arguments, of which setup gives it none. A newer update may do either.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/plan-and-deploy/deployment-ref/services-overview
# custom:
#   id: EXV-SVC-002B
#   stance: review
#   severity: low
#   clause: "-"
#   basis: inference
#   needs: [services.list, exchange.root]
#   remediation: >-
#     Compare ImagePath with that of another server of the same build.
package exvet.rules.service.unusual_image

import data.exvet.binary
import data.exvet.path
import data.exvet.product as products
import data.exvet.rule
import data.exvet.service

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some found in service.exchange
	path.below(path.token(found.path_key), "{exchange}")
	why := _unusual(found)
	finding := {
		"subject": rule.subject(["service", found.name]),
		"message": binary.tell(found.path_key, sprintf("%s starts %s, %s", [found.name, found.image, why])),
		"evidence": array.concat(
			[rule.registry(concat("", [found.ref, "!ImagePath"]), found.image)],
			binary.evidence(found.path_key),
		),
		"binary": found.path_key,
		"integration": products.file_owner(found.path_key),
	}
}

_unusual(found) := "with arguments" if {
	found.arguments != ""
} else := "which is none of its known programs" if {
	not service.program(found.path_key)

	# Where its program lies is not known.
	found.key != "searchexchangetracing"
}
