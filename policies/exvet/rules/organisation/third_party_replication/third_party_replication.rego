# METADATA
# title: Databases copied by a product of another vendor
# description: >-
#   A database availability group is set to third-party replication. The interface is still there and
#   Microsoft has long told vendors not to build on it.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/new-features/discontinued-features
# custom:
#   id: EXV-SUP-014
#   stance: deprecated
#   severity: low
#   clause: S
#   basis: inference
#   needs: [organisation.groups]
#   remediation: >-
#     Plan for copies of Exchange's own (a new group: the mode cannot be changed).
#   alternative: >-
#     Copies of databases by Exchange itself.
package exvet.rules.organisation.third_party_replication

import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.organisation.groups
	row.third_party
	finding := {
		"subject": rule.subject(["group", row.name]),
		"message": sprintf("%s leaves the copies of its databases to another vendor's product", [row.name]),
		"evidence": [rule.evidence(row, row.name)],
		"integration": products.group(row),
	}
}
