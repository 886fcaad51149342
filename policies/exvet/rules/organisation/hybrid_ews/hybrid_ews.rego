# METADATA
# title: EWS to Exchange Online goes away from a hybrid organisation
# description: >-
#   EWS of Exchange Online goes away from October 2026; that of this server does not. The organisation is
#   joined with Exchange Online: sharing of free and busy times has to move to the dedicated hybrid
#   application and Graph, and so do programs that call EWS for cloud mailboxes.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/hybrid-deployment/deploy-dedicated-hybrid-app
# custom:
#   id: EXV-SUP-003
#   stance: deprecated
#   severity: low
#   clause: S
#   basis: inference
#   needs: [organisation.hybrid]
#   remediation: >-
#     Update to a build with the dedicated hybrid application, set it up, and move programs to Graph for
#     cloud mailboxes.
#   alternative: >-
#     Microsoft Graph for mailboxes in the cloud, EWS for those on this server.
package exvet.rules.organisation.hybrid_ews

import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.organisation.hybrid
	row.name != ""
	finding := {
		"subject": rule.subject(["hybrid", row.name]),
		"message": sprintf("the organisation is joined with Exchange Online (%s)", [concat(", ", row.features)]),
		"evidence": [rule.evidence(row, row.name)],
	}
}
