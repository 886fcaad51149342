# METADATA
# title: Rules of mail flow
# description: >-
#   Transport rules (mail flow rules) change and route mail by supported means.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/policy-and-compliance/mail-flow-rules/mail-flow-rules
# custom:
#   id: EXV-SUP-008C
#   stance: supported
#   severity: info
#   clause: S
#   basis: inference
#   needs: [organisation.transport_rules]
#   remediation: >-
#     Nothing: this is the supported way.
package exvet.rules.organisation.mail_rule

import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.organisation.transport_rules
	row.enabled
	finding := {
		"subject": rule.subject(["mail-rule", row.name]),
		"message": sprintf("mail flow rule %s", [row.name]),
		"evidence": [rule.evidence(row, row.name)],
		"integration": products.standing.mail_rules,
	}
}
