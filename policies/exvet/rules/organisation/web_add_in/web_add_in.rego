# METADATA
# title: Add-in for Outlook
# description: >-
#   Add-ins for Outlook (mail apps) run in the client and call the server through supported interfaces.
# related_resources:
#   - ref: https://learn.microsoft.com/office/dev/add-ins/outlook/outlook-add-ins-overview
# custom:
#   id: EXV-SUP-007
#   stance: supported
#   severity: info
#   clause: S
#   basis: inference
#   needs: [organisation.apps]
#   remediation: >-
#     Nothing: this is the supported way.
package exvet.rules.organisation.web_add_in

import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.organisation.apps
	row.enabled
	lower(row.kind) != "default"
	finding := {
		"subject": rule.subject(["add-in", row.name]),
		"message": sprintf("add-in %s %s of %s", [row.name, row.version, row.provider]),
		"evidence": [rule.evidence(row, row.id)],
		"integration": row.name,
	}
}
