# METADATA
# title: Messages left in the Pickup folder
# description: >-
#   Programs may leave messages as files in the Pickup folder, a supported way to send. Some lie there
#   now; transport takes them within seconds, so that what stays was mostly refused.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/mail-flow/pickup-directory-and-replay-directory
# custom:
#   id: EXV-TRA-011
#   stance: supported
#   severity: info
#   clause: S
#   basis: inference
#   needs: [transport.folders]
#   remediation: >-
#     Nothing: this is the supported way.
package exvet.rules.transport.pickup_folder

import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some folder in input.facts.transport.folders
	folder.kind == "pickup"
	folder.files > 0
	finding := {
		"subject": rule.subject(["file", folder.path]),
		"message": sprintf("%d messages in %s%s", [folder.files, folder.path, _newest(folder)]),
		"evidence": [{"ref": rule.subject(["file", folder.path]), "value": sprintf("%d files", [folder.files])}],
		"integration": products.standing.pickup,
	}
}

_newest(folder) := sprintf(", the newest of %s", [folder.newest]) if {
	folder.newest != ""
} else := ""
