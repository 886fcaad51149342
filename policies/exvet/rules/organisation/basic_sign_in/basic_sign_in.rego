# METADATA
# title: Programs sign in with name and password
# description: >-
#   A virtual directory for programs or phones takes basic authentication. Exchange Online no longer
#   does; on a server of one's own it is allowed, and the first thing password guessers try.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/architecture/client-access/client-access
# custom:
#   id: EXV-DEP-005
#   stance: deprecated
#   severity: info
#   clause: "-"
#   basis: inference
#   needs: [organisation.directories]
#   remediation: >-
#     Move clients to modern authentication, then turn it off.
#   alternative: >-
#     Hybrid modern authentication, or AD FS.
package exvet.rules.organisation.basic_sign_in

import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.organisation.directories
	row.basic
	row.kind in {"ews", "eas", "oab"}
	finding := {
		"subject": rule.subject(["directory", row.name]),
		"message": sprintf("%s on %s takes basic authentication", [row.name, row.server]),
		"evidence": [rule.evidence(row, row.name)],
	}
}
