# METADATA
# title: Exchange service disabled
# description: >-
#   A service of Exchange that setup starts with Windows is disabled. Products that scan mail switch the
#   filtering service off, which is a documented way; without the mitigation service Microsoft's emergency
#   mitigations do not arrive.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/plan-and-deploy/deployment-ref/services-overview
# custom:
#   id: EXV-SVC-007
#   stance: review
#   severity: info
#   clause: "-"
#   basis: inference
#   needs: [services.list, exchange.root]
#   remediation: >-
#     Find out who disabled it, and set it back to start automatically where it is not meant to be off.
package exvet.rules.service.disabled

import data.exvet.known
import data.exvet.rule
import data.exvet.service

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some found in service.exchange
	found.start == "disabled"
	known.services.automatic[found.key]
	finding := {
		"subject": rule.subject(["service", found.name]),
		"message": sprintf("%s is disabled; setup starts it with Windows", [found.name]),
		"evidence": [rule.registry(concat("", [found.ref, "!Start"]), found.start)],
	}
}
