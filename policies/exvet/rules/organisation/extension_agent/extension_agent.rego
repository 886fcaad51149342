# METADATA
# title: Agent that extends cmdlets of Exchange is on
# description: >-
#   The Scripting Agent, or an agent of another vendor, is enabled and runs with cmdlets of Exchange.
# related_resources:
#   - ref: https://learn.microsoft.com/powershell/module/exchange/get-cmdletextensionagent
# custom:
#   id: EXV-SUP-005C
#   stance: supported
#   severity: info
#   clause: S
#   basis: inference
#   needs: [organisation.extension_agents]
#   remediation: >-
#     Nothing: this is the supported way.
package exvet.rules.organisation.extension_agent

import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.organisation.extension_agents
	row.enabled
	_extends(row)
	finding := {
		"subject": rule.subject(["extension", row.name]),
		"message": sprintf("the cmdlet extension agent %s is enabled", [row.name]),
		"evidence": [rule.evidence(row, row.name)],
	}
}

_extends(row) if row.key == "scripting agent"

_extends(row) if not row.system
