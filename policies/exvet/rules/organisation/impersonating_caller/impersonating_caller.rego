# METADATA
# title: Program that acts for mailboxes through EWS
# description: >-
#   The log of EWS shows requests an account made for mailboxes of others, and what the program calls
#   itself. EWS is a supported way. Only the newest files of the log are read; who is not in them may
#   call all the same.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/exchange/client-developer/exchange-web-services/how-to-configure-impersonation
# custom:
#   id: EXV-SUP-002C
#   stance: supported
#   severity: info
#   clause: S
#   basis: kb
#   needs: [organisation.ews_callers]
#   remediation: >-
#     Nothing: this is the supported way.
package exvet.rules.organisation.impersonating_caller

import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.organisation.ews_callers
	row.impersonated > 0
	finding := {
		"subject": rule.subject(["ews", row.account]),
		"message": sprintf(
			"%s called EWS for %d mailboxes of others as %q (%d requests, last at %s)",
			[row.account, row.mailboxes, row.agent, row.impersonated, row.last],
		),
		"evidence": [rule.evidence(row, row.agent)],
		"integration": products.impersonator(row.account),
	}
}
