# METADATA
# title: Outlook connects by RPC over HTTP from outside
# description: >-
#   Outlook Anywhere (RPC over HTTP) is published under a name of its own. It works, and MAPI over HTTP
#   has taken its place.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/new-features/discontinued-features
# custom:
#   id: EXV-DEP-003
#   stance: deprecated
#   severity: info
#   clause: S
#   basis: inference
#   needs: [organisation.anywhere]
#   remediation: >-
#     Let clients use MAPI over HTTP.
#   alternative: >-
#     MAPI over HTTP.
package exvet.rules.organisation.outlook_anywhere

import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.organisation.anywhere
	row.external != ""
	finding := {
		"subject": rule.subject(["directory", row.name]),
		"message": sprintf("Outlook Anywhere is published as %s", [row.external]),
		"evidence": [rule.evidence(row, row.external)],
	}
}
