# METADATA
# title: Messages left in the Replay folder
# description: >-
#   Messages in the Replay folder are taken as they are, with the sender and the headers they name: who
#   can write there can send as anybody. Products that put messages back use it. Who may write to the
#   folder is not seen.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/mail-flow/pickup-directory-and-replay-directory
# custom:
#   id: EXV-TRA-011B
#   stance: review
#   severity: low
#   clause: S
#   basis: inference
#   needs: [transport.folders]
#   remediation: >-
#     Find out which program leaves them, and that nobody else may write there.
#   alternative: >-
#     The Pickup folder, or SMTP with a receive connector of its own.
package exvet.rules.transport.replay_folder

import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some folder in input.facts.transport.folders
	folder.kind == "replay"
	folder.files > 0
	finding := {
		"subject": rule.subject(["file", folder.path]),
		"message": sprintf(
			"%d messages in %s%s; consistent with clause S, a supported method",
			[folder.files, folder.path, _newest(folder)],
		),
		"evidence": [{"ref": rule.subject(["file", folder.path]), "value": sprintf("%d files", [folder.files])}],
	}
}

_newest(folder) := sprintf(", the newest of %s", [folder.newest]) if {
	folder.newest != ""
} else := ""
