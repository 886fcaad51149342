# METADATA
# title: SMTP service of IIS 6 on an Exchange server
# description: >-
#   The old SMTP service of IIS runs beside the transport of Exchange, as for event sinks and programs
#   that use CDOSYS. Exchange has its own SMTP since 2007, and supports neither the sinks nor the service
#   beside it.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/new-features/discontinued-features
# custom:
#   id: EXV-TRA-012
#   stance: unsupported
#   severity: medium
#   clause: "-"
#   basis: inference
#   needs: [services.list]
#   remediation: >-
#     Let programs send to a receive connector of Exchange, and remove the feature.
#   alternative: >-
#     A transport agent, or a receive connector.
#   repro: >-
#     Stop the service SMTPSVC and test again.
package exvet.rules.transport.smtp_service

import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some service in input.facts.services.list
	service.key == "smtpsvc"
	service.start != "disabled"
	finding := {
		"subject": rule.subject(["service", service.name]),
		"message": sprintf("the SMTP service of IIS is installed (%s, start %s)", [service.image, service.start]),
		"evidence": [rule.registry(service.ref, service.image)],
		"binary": service.path_key,
		"integration": products.file_owner(service.path_key),
	}
}
