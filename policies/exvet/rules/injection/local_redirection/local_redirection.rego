# METADATA
# title: Libraries of a program of Exchange taken from elsewhere
# description: >-
#   A .local folder or file, or a manifest beside a program of Exchange, lets Windows take the libraries
#   of that program from elsewhere. Setup puts none there.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/windows/win32/dlls/dynamic-link-library-redirection
# custom:
#   id: EXV-INJ-031B
#   stance: review
#   severity: high
#   clause: C5
#   basis: inference
#   needs: [files.redirections]
#   remediation: >-
#     Find out which product put it there, and what lies in the folder it leads to.
#   repro: >-
#     Rename the file or folder, restart the service, and test again.
package exvet.rules.injection.local_redirection

import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.files.redirections
	finding := {
		"subject": rule.subject(["file", row.path]),
		"message": sprintf(
			"%s changes where %s takes its libraries from; consistent with clause C5",
			[row.path, row.program],
		),
		"evidence": [{"ref": rule.subject(["file", row.path]), "value": row.kind}],
	}
}
