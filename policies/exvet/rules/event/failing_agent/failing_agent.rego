# METADATA
# title: Transport agent of another vendor fails
# description: >-
#   MSExchange Extensibility reports a transport agent that threw an exception, could not be made, was too
#   slow or did not finish (1050 to 1057). Transport agents are a supported way to integrate; this one is
#   faulty or was not made for this update. Agents with the names of Microsoft's are left out. Slowness
#   counts less than failure.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/mail-flow/transport-agents/transport-agents
# custom:
#   id: EXV-EVT-006
#   stance: review
#   severity: medium
#   clause: S
#   basis: inference
#   needs: [events.agents]
#   remediation: >-
#     Ask the vendor for a version of the agent for this update of Exchange.
#   alternative: >-
#     The agent is the supported way; its vendor has to mend it.
#   repro: >-
#     Disable-TransportAgent, restart MSExchangeTransport, and test again; Enable-TransportAgent puts it
#     back. Do not uninstall first, as what is left of the registration stops the service.
package exvet.rules.event.failing_agent

import data.exvet.event
import data.exvet.known
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some [id, agent] in {[row.id, row.agent] | some row in _foreign}
	rows := [row | some row in _foreign; row.id == id; row.agent == agent]
	finding := {
		"subject": event.subject(rows[0]),
		"message": sprintf("transport agent %s %s, %s; consistent with clause S, a supported method, faulty", [
			agent,
			_kinds[rows[0].kind],
			event.seen(rows),
		]),
		"severity": _severity(rows[0].kind),
		"evidence": [event.evidence(row, _text(row)) | some row in rows],
	}
}

_foreign := [row |
	some row in input.facts.events.agents
	row.provider_key == "msexchange extensibility"
	row.agent != ""
	not known.events.agents[row.agent_key]
]

_kinds := {
	"slow": "took too long",
	"exception": "threw an exception",
	"factory": "could not be made",
	"instance": "could not be made",
	"version": "is for another version",
	"startup_delay": "delayed the start of the service",
	"completed_twice": "finished the same work twice",
	"not_resumed": "did not finish",
}

_severity(kind) := "low" if {
	kind in {"slow", "startup_delay"}
} else := "medium"

_text(row) := sprintf("%s: %s", [row.agent, row.exception]) if {
	row.exception != ""
} else := row.text
