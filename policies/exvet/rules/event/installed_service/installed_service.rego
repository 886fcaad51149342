# METADATA
# title: Service of another vendor was installed
# description: >-
#   The service control manager logged a new service or driver (7045) whose program lies neither in the
#   folder of Windows nor in that of Exchange. It is told with its time so that failures can be put beside
#   what was installed before them; installing a service is no fault.
# related_resources:
#   - ref: https://learn.microsoft.com/windows/win32/services/service-control-manager
# custom:
#   id: EXV-EVT-009B
#   stance: review
#   severity: info
#   clause: "-"
#   basis: inference
#   needs: [events.services, exchange.root]
#   remediation: >-
#     None, if the product is known and was installed by someone who may. Compare the time with the first
#     failures.
package exvet.rules.event.installed_service

import data.exvet.event
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some [service, image] in {[row.service, row.image] | some row in _foreign}
	rows := [row | some row in _foreign; row.service == service; row.image == image]
	finding := {
		"subject": event.subject(rows[0]),
		"message": sprintf("service %s (%s) was installed, %s", [service, image, event.seen(rows)]),
		"evidence": [event.evidence(row, row.image) | some row in rows],
	}
}

_foreign := [row |
	some row in input.facts.events.services
	row.kind == "installed"
	event.foreign_folder(_program(row.image_key))
	not event.planted_command(row.image_key)
]

# The program of a command line: up to a closing quote, or to the end of the first name with an extension.
_program(line) := split(line, "\"")[1] if {
	startswith(line, "\"")
} else := regex.find_n(`^.*?\.(?:exe|sys|dll|com|bat|cmd)\b`, trim_prefix(line, `\??\`), 1)[0]
