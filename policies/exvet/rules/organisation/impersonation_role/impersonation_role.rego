# METADATA
# title: Account that may act for mailboxes through EWS
# description: >-
#   The role ApplicationImpersonation lets an account read and write mailboxes of others through EWS: the
#   supported way for archives, room panels and migrations. The role and its scope are told.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/exchange/client-developer/exchange-web-services/how-to-configure-impersonation
# custom:
#   id: EXV-SUP-002
#   stance: supported
#   severity: info
#   clause: S
#   basis: kb
#   needs: [organisation.role_assignments]
#   remediation: >-
#     Nothing: this is the supported way.
package exvet.rules.organisation.impersonation_role

import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.organisation.role_assignments
	row.role_key == "applicationimpersonation"
	row.enabled
	not startswith(lower(row.delegation), "delegating")
	finding := {
		"subject": rule.subject(["role", row.name]),
		"message": sprintf("%s may impersonate %s through EWS", [row.assignee, _scope(row)]),
		"evidence": [rule.evidence(row, sprintf("%s, scope %s %s", [row.assignee, row.write_scope, row.scope]))],
		"integration": products.impersonator(row.assignee),
	}
}

_scope(row) := sprintf("the mailboxes of scope %s", [row.scope]) if {
	row.scope != ""
} else := "every mailbox" if {
	lower(row.write_scope) in {"", "organization"}
} else := sprintf("the mailboxes of %s", [row.write_scope])
