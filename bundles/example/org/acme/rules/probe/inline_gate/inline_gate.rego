# METADATA
# title: Acme gate set to work inline
# description: >-
#   The gate of Acme reads its mode from the registry. Inline it changes what Exchange answers; beside Exchange it does
#   not. exvet does not collect this value by itself: a probe in data.json asks for it.
# custom:
#   id: ACME-PRB-001
#   stance: review
#   severity: high
#   clause: "-"
#   basis: inference
#   needs: [probes.acme.gate]
#   remediation: Set Mode to beside, and restart the gate.
package org.acme.rules.probe.inline_gate

import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some value in input.facts.probes.acme.gate
	lower(value.name) == "mode"
	lower(value.text) == "inline"
	finding := {
		"subject": rule.subject(["registry", value.ref]),
		"message": sprintf("the gate works %s", [value.text]),
		"evidence": [rule.registry(value.ref, value.text)],
	}
}
