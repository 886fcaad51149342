# METADATA
# title: Agent of another vendor of a kind Exchange keeps to itself
# description: >-
#   Other vendors may write SmtpReceiveAgents, RoutingAgents and DeliveryAgents. This agent derives from
#   another class, such as those of the store driver in the mailbox transport services, which take no
#   agents of others at all.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/mail-flow/transport-agents/transport-agents
# custom:
#   id: EXV-TRA-002
#   stance: unsupported
#   severity: high
#   clause: "-"
#   basis: inference
#   needs: [transport.agents, exchange.root]
#   remediation: >-
#     Ask the vendor for an agent of a supported kind, and disable this one.
#   alternative: >-
#     An SmtpReceiveAgent or RoutingAgent in the transport service.
#   repro: >-
#     Disable-TransportAgent, restart MSExchangeTransport, and test again; Enable-TransportAgent puts it
#     back. Do not uninstall first, as what is left of the registration stops the service.
package exvet.rules.transport.unsupported_base

import data.exvet.agent
import data.exvet.binary
import data.exvet.known
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in agent.foreign
	not known.agents.bases[row.base_type_key]
	finding := {
		"subject": agent.subject(row),
		"message": sprintf(
			"transport agent %s derives from %s, which is not for other vendors",
			[agent.described(row), row.base_type],
		),
		"evidence": array.concat([rule.evidence(row, agent.text(row))], binary.evidence(row.assembly_key)),
		"binary": row.assembly_key,
		"integration": agent.integration(row),
	}
}
