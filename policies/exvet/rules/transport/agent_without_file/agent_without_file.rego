# METADATA
# title: Registered transport agent whose file is not there
# description: >-
#   An agent is registered and its assembly is not on the server, as after a product was removed without
#   its registration. While it is enabled, the transport service does not start, and says so as event
#   7001.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/mail-flow/transport-agents/transport-agents
# custom:
#   id: EXV-TRA-004C
#   stance: review
#   severity: medium
#   clause: S
#   basis: inference
#   needs: [transport.agents, exchange.root, binaries.transport, events.agents]
#   remediation: >-
#     Uninstall-TransportAgent, or install the product again.
#   alternative: >-
#     The agent is the supported way.
#   repro: >-
#     Disable-TransportAgent and restart MSExchangeTransport; Enable-TransportAgent puts it back.
package exvet.rules.transport.agent_without_file

import data.exvet.agent
import data.exvet.event
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in agent.others
	agent.gone(row)
	finding := {
		"subject": agent.subject(row),
		"message": sprintf(
			"transport agent %s is %s and %s is not there%s; consistent with clause S, faulty",
			[row.name, _state(row), row.assembly, _told(row)],
		),
		"severity": _severity(row),
		"evidence": array.concat(
			[rule.evidence(row, agent.text(row))],
			[event.evidence(entry, entry.text) | some entry in _events(row)],
		),
		"binary": row.assembly_key,
		"integration": agent.integration(row),
	}
}

_state(row) := "enabled" if {
	row.enabled
} else := "disabled"

_severity(row) := "medium" if {
	row.enabled
} else := "low"

_told(row) := sprintf(", and transport could not start over it %s (event %d)", _failure(row)) if {
	count(_events(row)) > 0
} else := ""

_failure(row) := [event.seen(_events(row)), _events(row)[0].id]

_events(row) := [entry |
	some entry in input.facts.events.agents
	entry.kind in {"start", "factory"}
	_about(entry, row)
]

_about(entry, row) if entry.assembly_key == row.assembly_key

_about(entry, row) if entry.agent_key == row.key
