# METADATA
# title: Agent of another vendor asked before the Transport Rule Agent
# description: >-
#   An agent of another vendor comes before the Transport Rule Agent and may take messages out before
#   rules and policies see them. Order counts only among agents of one event, which the registration does
#   not show.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/mail-flow/transport-agents/transport-agents
# custom:
#   id: EXV-TRA-007
#   stance: review
#   severity: low
#   clause: S
#   basis: inference
#   needs: [transport.agents, exchange.root]
#   remediation: >-
#     Set-TransportAgent -Priority, unless the vendor asks for this order.
#   alternative: >-
#     The agent is the supported way.
package exvet.rules.transport.agent_before_rules

import data.exvet.agent
import data.exvet.binary
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in agent.foreign
	row.enabled
	row.service == "transport"
	some rules in input.facts.transport.agents
	rules.key == "transport rule agent"
	rules.service == "transport"
	row.priority < rules.priority
	finding := {
		"subject": agent.subject(row),
		"message": sprintf(
			"transport agent %s is asked before the Transport Rule Agent; consistent with clause S, a supported method",
			[agent.described(row)],
		),
		"evidence": array.concat([rule.evidence(row, agent.text(row))], binary.evidence(row.assembly_key)),
		"binary": row.assembly_key,
		"integration": agent.integration(row),
	}
}
