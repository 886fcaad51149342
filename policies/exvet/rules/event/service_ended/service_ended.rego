# METADATA
# title: Service of Exchange ended unexpectedly
# description: >-
#   The service control manager saw a service of Exchange end without being stopped (7031, 7034). It does
#   not say why: events 4999, 1000 and 1026 of the same minute do. It is told so that crashes can be put
#   beside what was installed at the time.
# related_resources:
#   - ref: https://learn.microsoft.com/windows/win32/services/service-control-manager
# custom:
#   id: EXV-EVT-009
#   stance: review
#   severity: low
#   clause: "-"
#   basis: inference
#   needs: [events.services]
#   remediation: >-
#     Look for the events of the crash in the same minute, and for a product that was installed or updated
#     before the first of them.
#   repro: >-
#     Turn the foreign agents and agents' products of the process off one at a time, restart the service,
#     and watch for this event.
package exvet.rules.event.service_ended

import data.exvet.event
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some [id, service] in {[row.id, row.service] | some row in _ended}
	rows := [row | some row in _ended; row.id == id; row.service == service]
	finding := {
		"subject": event.subject(rows[0]),
		"message": sprintf("service %s ended unexpectedly, %s", [service, event.seen(rows)]),
		"evidence": [event.evidence(row, row.text) | some row in rows],
	}
}

_ended := [row |
	some row in input.facts.events.services
	row.kind == "terminated"
	some start in ["microsoft exchange", "msexchange"]
	startswith(row.service_key, start)
]
