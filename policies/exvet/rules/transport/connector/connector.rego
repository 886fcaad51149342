# METADATA
# title: Delivery agent or foreign connector
# description: >-
#   Mail for other systems leaves through a delivery agent, or as files in a folder another product takes
#   them from (a foreign connector). Both are supported.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/mail-flow/connectors/connectors
# custom:
#   id: EXV-TRA-010
#   stance: supported
#   severity: info
#   clause: S
#   basis: inference
#   needs: [organisation.connectors]
#   remediation: >-
#     Nothing: this is the supported way.
package exvet.rules.transport.connector

import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.organisation.connectors
	row.enabled
	row.kind in {"delivery_agent", "foreign"}
	not startswith(lower(row.name), "text messaging delivery agent connector")
	finding := {
		"subject": rule.subject(["connector", row.name]),
		"message": sprintf(
			"%s connector %s for %s%s",
			[_kinds[row.kind], row.name, concat(", ", row.spaces), _drop(row)],
		),
		"evidence": [rule.evidence(row, row.name)],
		"integration": products.connector(row),
	}
}

_kinds := {"delivery_agent": "delivery agent", "foreign": "foreign"}

_drop(row) := sprintf(", through %s", [row.drop]) if {
	row.drop != ""
} else := ""
