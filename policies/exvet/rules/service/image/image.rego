# METADATA
# title: Exchange service runs another program
# description: >-
#   A service of Exchange starts a program outside the folder of Exchange, so that something else may run in
#   its name (high), or its path has spaces and no quotes, so that Windows tries a shorter path first (medium).
#   The directory service of the Edge role is a program of Windows and left alone. Whether the program is
#   signed is not looked at.
# related_resources:
#   - ref: https://attack.mitre.org/techniques/T1574/009/
#   - ref: https://attack.mitre.org/techniques/T1543/003/
# custom:
#   id: EXV-SVC-002
#   stance: security
#   severity: high
#   clause: "-"
#   basis: inference
#   needs: [services.list, exchange.root]
#   remediation: >-
#     Find out who changed ImagePath, and set it back as setup writes it, in quotes. Where nobody did, treat it
#     as a compromise and keep the file.
#   repro: >-
#     Export the key with reg export, set ImagePath back, restart the service, and test again.
package exvet.rules.service.image

import data.exvet.binary
import data.exvet.path
import data.exvet.product as products
import data.exvet.rule
import data.exvet.service

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some found in service.exchange
	[why, severity] := _wrong(found, path.token(found.path_key))
	finding := {
		"subject": rule.subject(["service", found.name]),
		"message": binary.tell(found.path_key, sprintf("%s starts %s, %s", [found.name, found.image, why])),
		"severity": severity,
		"evidence": array.concat(
			[rule.registry(concat("", [found.ref, "!ImagePath"]), found.image)],
			binary.evidence(found.path_key),
		),
		"binary": found.path_key,
		"integration": products.file_owner(found.path_key),
	}
}

_wrong(found, file) := [sprintf("outside of %s", [input.facts.exchange.root]), "high"] if {
	path.exchange_root
	found.path_key != ""
	not path.below(file, "{exchange}")
	file != `{windir}\system32\dsamain.exe`
} else := ["a path with spaces and no quotes", "medium"] if found.unquoted
