# METADATA
# title: Account that may act for every mailbox through EWS
# description: >-
#   The role ApplicationImpersonation is given without a scope: who has the account's password has every
#   mailbox. A scope of the mailboxes the product works with is enough.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/client-developer/exchange-web-services/how-to-configure-impersonation
# custom:
#   id: EXV-SUP-002B
#   stance: review
#   severity: medium
#   clause: S
#   basis: inference
#   needs: [organisation.role_assignments]
#   remediation: >-
#     New-ManagementScope for the mailboxes of the product, and Set-ManagementRoleAssignment
#     -CustomRecipientWriteScope.
package exvet.rules.organisation.unscoped_impersonation

import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.organisation.role_assignments
	row.role_key == "applicationimpersonation"
	row.enabled
	not startswith(lower(row.delegation), "delegating")
	row.scope == ""
	lower(row.write_scope) in {"", "organization"}
	finding := {
		"subject": rule.subject(["role", row.name]),
		"message": sprintf(
			"%s may impersonate every mailbox; consistent with clause S, wider than it must be",
			[row.assignee],
		),
		"evidence": [rule.evidence(row, sprintf("%s: %s, scope %s", [row.name, row.assignee, row.write_scope]))],
		"integration": products.impersonator(row.assignee),
	}
}
