# METADATA
# title: Transport agent without a valid signature
# description: >-
#   Agents of one's own are supported, and need no signature. An agent has full access to every message,
#   and without a signature nothing tells whose it is: somebody has to know. An agent that bears a name
#   of Microsoft's outside the folder of Exchange and whose file was not seen is told here, too.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/mail-flow/transport-agents/transport-agents
# custom:
#   id: EXV-TRA-004B
#   stance: review
#   severity: medium
#   clause: S
#   basis: inference
#   needs: [transport.agents, exchange.root, binaries.transport]
#   remediation: >-
#     Find out who wrote it; have it signed.
#   alternative: >-
#     The agent is the supported way.
#   repro: >-
#     Disable-TransportAgent, restart MSExchangeTransport, and test again; Enable-TransportAgent puts it
#     back. Do not uninstall first, as what is left of the registration stops the service.
package exvet.rules.transport.unsigned_agent

import data.exvet.agent
import data.exvet.binary
import data.exvet.path
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in agent.foreign
	binary.trust(row.assembly_key) in {"unsigned", "untrusted"}
	not startswith(path.base(row.assembly_key), "microsoft.")
	finding := {
		"subject": agent.subject(row),
		"message": sprintf(
			"transport agent %s; consistent with clause S, a supported method of unknown origin",
			[agent.described(row)],
		),
		"evidence": array.concat([rule.evidence(row, agent.text(row))], binary.evidence(row.assembly_key)),
		"binary": row.assembly_key,
		"integration": agent.integration(row),
	}
}

findings contains finding if {
	path.exchange_root
	some row in input.facts.transport.agents
	agent.claims(row)
	binary.trust(row.assembly_key) == "unknown"
	not path.below(path.token(row.assembly_key), "{exchange}")
	finding := {
		"subject": agent.subject(row),
		"message": sprintf(
			"transport agent %s says it is Microsoft's and lies in %s; consistent with clause S",
			[row.name, row.assembly],
		),
		"evidence": [rule.evidence(row, agent.text(row))],
		"binary": row.assembly_key,
	}
}
