# METADATA
# title: Transport agent under the name of one of Exchange's
# description: >-
#   An agent has the name of one that comes with Exchange, and another class, another assembly, or a file
#   that Microsoft did not sign. Setup registers each of its agents once, from a known place; attackers
#   have registered theirs under such a name.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/mail-flow/transport-agents/transport-agents
# custom:
#   id: EXV-TRA-005
#   stance: security
#   severity: critical
#   clause: "-"
#   basis: inference
#   needs: [transport.agents, exchange.root, binaries.transport]
#   remediation: >-
#     Treat it as a possible compromise: isolate the server, keep the file with its times and hash as
#     evidence, and follow your incident response. Do not just delete it.
#   repro: >-
#     Disable-TransportAgent, and keep the file.
package exvet.rules.transport.imitated_agent

import data.exvet.agent
import data.exvet.binary
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in agent.others
	agent.imitates(row)
	finding := {
		"subject": agent.subject(row),
		"message": sprintf(
			"transport agent %s is not the one of Exchange: it is %s in %s%s",
			[row.name, row.factory, row.assembly, binary.remark(row.assembly_key)],
		),
		"evidence": array.concat([rule.evidence(row, agent.text(row))], binary.evidence(row.assembly_key)),
		"binary": row.assembly_key,
	}
}
