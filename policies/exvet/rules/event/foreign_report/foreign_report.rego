# METADATA
# title: Foreign code failed in a process of Exchange
# description: >-
#   Exchange reports its failures in events 4999, with the assembly and the type of the exception. This
#   one names an assembly or an exception that neither Microsoft makes nor Exchange setup installs, so
#   that foreign code was running in the process. It is not clause C1: only BlockImpersonatedCallers is.
#   Reports of browsers (OWAClient) and of hangs, which name no assembly, are left out.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
# custom:
#   id: EXV-EVT-001B
#   stance: review
#   severity: medium
#   clause: C3
#   basis: inference
#   needs: [events.watson]
#   remediation: >-
#     Find the product the assembly belongs to and how it comes into the process. If it is a transport
#     agent, it is supported and its vendor has to mend it; in an application pool, take it out.
#   alternative: >-
#     A transport agent, EWS or Graph.
#   repro: >-
#     Turn the product's module or agent off, restart the process, and watch for this event.
package exvet.rules.event.foreign_report

import data.exvet.event
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some [app, name] in {[row.app_name, _foreign(row)] | some row in input.facts.events.watson}
	rows := [row |
		some row in input.facts.events.watson
		row.app_name == app
		_foreign(row) == name
	]
	finding := {
		"subject": event.subject(rows[0]),
		"message": sprintf("%s failed in foreign code, %s, %s; consistent with clause C3, foreign code in Exchange", [
			app,
			name,
			event.seen(rows),
		]),
		"evidence": [event.evidence(row, row.text) | some row in rows],
	}
}

_foreign(row) := row.assembly if {
	_of_server(row)
	event.foreign_assembly(row.assembly)
} else := row.exception if {
	_of_server(row)
	event.foreign_type(row.exception)
}

# Browsers report in the same words.
_of_server(row) if {
	not row.blocks_impersonated_callers
	row.app_key != "owaclient"
}
