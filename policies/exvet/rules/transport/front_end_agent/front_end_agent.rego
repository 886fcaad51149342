# METADATA
# title: Agent in the front end that does not belong there
# description: >-
#   The front end transport service takes SmtpReceiveAgents of other vendors only: it keeps no queue, so
#   that agents that route or deliver have nothing to work on. Its agents of other vendors may not use
#   OnEndOfData either, which their registration does not show.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/mail-flow/transport-agents/transport-agents
# custom:
#   id: EXV-TRA-003
#   stance: unsupported
#   severity: medium
#   clause: "-"
#   basis: inference
#   needs: [transport.agents, exchange.root]
#   remediation: >-
#     Register the agent with the transport service instead.
#   alternative: >-
#     The transport service (Install-TransportAgent without -TransportService FrontEnd).
#   repro: >-
#     Disable-TransportAgent, restart MSExchangeTransport, and test again; Enable-TransportAgent puts it
#     back. Do not uninstall first, as what is left of the registration stops the service.
package exvet.rules.transport.front_end_agent

import data.exvet.agent
import data.exvet.binary
import data.exvet.known
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in agent.foreign
	row.service == "front_end"
	known.agents.bases[row.base_type_key]
	not agent.supported_base(row)
	finding := {
		"subject": agent.subject(row),
		"message": sprintf(
			"transport agent %s is registered with the front end and derives from %s",
			[agent.described(row), row.base_type],
		),
		"evidence": array.concat([rule.evidence(row, agent.text(row))], binary.evidence(row.assembly_key)),
		"binary": row.assembly_key,
		"integration": agent.integration(row),
	}
}
