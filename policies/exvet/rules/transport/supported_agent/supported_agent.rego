# METADATA
# title: Transport agent of another vendor
# description: >-
#   A transport agent is a supported way to integrate with mail flow: an SmtpReceiveAgent, a RoutingAgent
#   or a DeliveryAgent in the transport service, or an SmtpReceiveAgent in the front end. The agent is
#   named with its product, version and signer, as far as its file shows them. One without a valid
#   signature, or whose file is not there, is another rule's.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/exchange/mail-flow/transport-agents/transport-agents
# custom:
#   id: EXV-SUP-001
#   stance: supported
#   severity: info
#   clause: S
#   basis: kb
#   needs: [transport.agents, exchange.root, binaries.transport]
#   remediation: >-
#     Nothing: this is the supported way. Keep the product current with the updates of Exchange.
#   repro: >-
#     Disable-TransportAgent, restart MSExchangeTransport, and test again; Enable-TransportAgent puts it
#     back. Do not uninstall first, as what is left of the registration stops the service.
package exvet.rules.transport.supported_agent

import data.exvet.agent
import data.exvet.binary
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in agent.foreign
	row.enabled
	agent.supported_base(row)
	binary.trust(row.assembly_key) in {"signed", "unknown", "microsoft", "shipped"}
	not agent.gone(row)
	finding := {
		"subject": agent.subject(row),
		"message": sprintf("transport agent %s", [agent.described(row)]),
		"evidence": array.concat([rule.evidence(row, agent.text(row))], binary.evidence(row.assembly_key)),
		"binary": row.assembly_key,
		"integration": agent.integration(row),
	}
}
