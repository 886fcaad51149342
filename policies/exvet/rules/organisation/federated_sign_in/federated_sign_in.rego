# METADATA
# title: Sign-in through AD FS
# description: >-
#   Outlook on the web or the admin center signs people in through AD FS, the supported way to a second
#   factor, where a module in the application pool would not be.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/clients/outlook-on-the-web/ad-fs-claims-based-auth
# custom:
#   id: EXV-SUP-016
#   stance: supported
#   severity: info
#   clause: S
#   basis: inference
#   needs: [organisation.directories]
#   remediation: >-
#     Nothing: this is the supported way.
package exvet.rules.organisation.federated_sign_in

import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.organisation.directories
	row.adfs
	finding := {
		"subject": rule.subject(["directory", row.name]),
		"message": sprintf("%s on %s signs in through AD FS", [row.name, row.server]),
		"evidence": [rule.evidence(row, row.name)],
		"integration": products.standing.adfs,
	}
}
