# METADATA
# title: Registered agent that Exchange could not load
# description: >-
#   An agent that is registered could not be made or was built for another version of the transport
#   interfaces, as the log tells (1052, 1054, 7001, 16023). Agents have to be built again when an update
#   changes Microsoft.Exchange.Data.Transport.dll. Which version a file was built for is not read from
#   the file.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/mail-flow/transport-agents/transport-agents
# custom:
#   id: EXV-TRA-009
#   stance: review
#   severity: medium
#   clause: S
#   basis: inference
#   needs: [transport.agents, events.agents, exchange.root]
#   remediation: >-
#     Ask the vendor for a version of the agent for this update of Exchange.
#   alternative: >-
#     The agent is the supported way.
#   repro: >-
#     Disable-TransportAgent, restart MSExchangeTransport, and test again; Enable-TransportAgent puts it
#     back. Do not uninstall first, as what is left of the registration stops the service.
package exvet.rules.transport.agent_not_loading

import data.exvet.agent
import data.exvet.event
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in agent.foreign
	not agent.gone(row)
	entries := [entry |
		some entry in input.facts.events.agents
		entry.kind in {"version", "factory", "instance", "start"}
		_about(entry, row)
	]
	count(entries) > 0
	finding := {
		"subject": agent.subject(row),
		"message": sprintf(
			"transport agent %s could not be loaded %s (event %d); consistent with clause S, a supported method, faulty",
			[agent.described(row), event.seen(entries), entries[0].id],
		),
		"evidence": array.concat(
			[rule.evidence(row, agent.text(row))],
			[event.evidence(entry, entry.text) | some entry in entries],
		),
		"binary": row.assembly_key,
		"integration": agent.integration(row),
	}
}

_about(entry, row) if entry.agent_key == row.key

_about(entry, row) if {
	entry.assembly_key != ""
	entry.assembly_key == row.assembly_key
}
