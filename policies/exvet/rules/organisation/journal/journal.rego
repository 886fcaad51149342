# METADATA
# title: Journaling to an archive
# description: >-
#   A journal rule sends copies of mail to an address, the supported way to fill an archive.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/policy-and-compliance/journaling/journaling
# custom:
#   id: EXV-SUP-008
#   stance: supported
#   severity: info
#   clause: S
#   basis: inference
#   needs: [organisation.journal_rules]
#   remediation: >-
#     Nothing: this is the supported way.
package exvet.rules.organisation.journal

import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.organisation.journal_rules
	row.enabled
	finding := {
		"subject": rule.subject(["journal", row.name]),
		"message": sprintf("journal rule %s sends mail (%s) to %s", [row.name, row.scope, row.address]),
		"evidence": [rule.evidence(row, row.name)],
		"integration": products.journal(row),
	}
}
