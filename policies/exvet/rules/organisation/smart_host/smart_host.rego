# METADATA
# title: Mail sent through another host
# description: >-
#   A send connector hands mail to a smart host, as to a mail gateway or a product that signs or
#   archives: supported, and outside of Exchange.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/mail-flow/connectors/send-connectors
# custom:
#   id: EXV-SUP-008B
#   stance: supported
#   severity: info
#   clause: S
#   basis: inference
#   needs: [organisation.connectors]
#   remediation: >-
#     Nothing: this is the supported way.
package exvet.rules.organisation.smart_host

import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.organisation.connectors
	row.kind == "send"
	row.enabled
	count(row.hosts) > 0
	finding := {
		"subject": rule.subject(["connector", row.name]),
		"message": sprintf(
			"send connector %s hands mail for %s to %s",
			[row.name, concat(", ", row.spaces), concat(", ", row.hosts)],
		),
		"evidence": [rule.evidence(row, row.name)],
		"integration": products.gateway(row),
	}
}
