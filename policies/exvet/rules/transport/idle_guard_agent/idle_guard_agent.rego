# METADATA
# title: Agent of Exchange that guards mail is off
# description: >-
#   An agent of Exchange that applies rules or looks for malware is disabled or not registered.
#   Antimalware products turn the Malware Agent off in favour of their own, which is documented; that
#   rules or journals are not applied is never meant.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/mail-flow/transport-agents/transport-agents
# custom:
#   id: EXV-TRA-006
#   stance: review
#   severity: medium
#   clause: S
#   basis: inference
#   needs: [transport.agents]
#   roles: [mailbox]
#   remediation: >-
#     Make sure that another product does its work, or enable it again (Enable-TransportAgent).
#   repro: >-
#     Disable-TransportAgent, restart MSExchangeTransport, and test again; Enable-TransportAgent puts it
#     back. Do not uninstall first, as what is left of the registration stops the service.
package exvet.rules.transport.idle_guard_agent

import data.exvet.agent
import data.exvet.known
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.transport.agents
	known.agents.guards[row.key]
	not row.enabled
	finding := {
		"subject": agent.subject(row),
		"message": sprintf("%s is disabled; consistent with clause S, another product in its place", [row.name]),
		"evidence": [rule.evidence(row, agent.text(row))],
	}
}

findings contains finding if {
	not _has_rules
	some row in _transport
	row.priority == min({other.priority | some other in _transport})
	finding := {
		"subject": "agent:Transport Rule Agent",
		"message": "the Transport Rule Agent is not registered; consistent with clause S, a change of mail flow",
		"evidence": [rule.evidence(row, "no Transport Rule Agent among the agents")],
	}
}

_transport := [row | some row in input.facts.transport.agents; row.service == "transport"]

_has_rules if {
	some row in _transport
	row.key == "transport rule agent"
}
