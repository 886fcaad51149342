# METADATA
# title: Service was installed that runs a script or a program from a temporary folder
# description: >-
#   The service control manager logged a new service (7045) whose command line starts a command
#   interpreter or PowerShell, or a program in a folder anyone may write to. Attackers run commands as
#   LocalSystem in this way; some tools of administrators do as well.
# related_resources:
#   - ref: https://attack.mitre.org/techniques/T1543/003/
# custom:
#   id: EXV-EVT-009C
#   stance: security
#   severity: high
#   clause: "-"
#   basis: inference
#   needs: [events.services]
#   remediation: >-
#     Treat it as a possible compromise: isolate the server, keep the logs with their times as evidence,
#     and follow your incident response, unless someone who may says it was them.
#   repro: >-
#     Keep a copy of the logs before anything is changed.
package exvet.rules.event.planted_service

import data.exvet.event
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some [service, image] in {[row.service, row.image] | some row in _planted}
	rows := [row | some row in _planted; row.service == service; row.image == image]
	finding := {
		"subject": event.subject(rows[0]),
		"message": sprintf("service %s, which runs %s, was installed, %s", [service, image, event.seen(rows)]),
		"evidence": [event.evidence(row, row.image) | some row in rows],
	}
}

_planted := [row |
	some row in input.facts.events.services
	row.kind == "installed"
	event.planted_command(row.image_key)
]
