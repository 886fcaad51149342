# METADATA
# title: Transport stopped or failed over an agent
# description: >-
#   MSExchangeTransport reports that it could not start its transport agents (16023, 7001), which stops
#   the service, or that an agent failed on a message (9201). The agent is another vendor's, or is not
#   named; failures that name an assembly or a type of Exchange are left out.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/mail-flow/transport-agents/transport-agents
# custom:
#   id: EXV-EVT-007
#   stance: review
#   severity: medium
#   clause: S
#   basis: inference
#   needs: [events.agents, exchange.root]
#   remediation: >-
#     Ask the vendor for a version of the agent for this update of Exchange.
#   alternative: >-
#     The agent is the supported way; its vendor has to mend it.
#   repro: >-
#     Disable-TransportAgent, restart MSExchangeTransport, and test again; Enable-TransportAgent puts it
#     back. Do not uninstall first, as what is left of the registration stops the service.
package exvet.rules.event.failing_transport

import data.exvet.event
import data.exvet.path
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some [id, agent] in {[row.id, _name(row)] | some row in _foreign}
	rows := [row | some row in _foreign; row.id == id; _name(row) == agent]
	finding := {
		"subject": event.subject(rows[0]),
		"message": sprintf("transport %s over %s, %s; consistent with clause S, a supported method, faulty", [
			_kinds[rows[0].kind],
			agent,
			event.seen(rows),
		]),
		"severity": _severities[rows[0].kind],
		"evidence": [event.evidence(row, row.text) | some row in rows],
		"binary": rows[0].assembly_key,
		"integration": products.file_owner(rows[0].assembly_key),
	}
}

_foreign := [row |
	some row in input.facts.events.agents
	row.provider_key == "msexchangetransport"
	not _own(row)
]

_own(row) if startswith(lower(row.factory), "microsoft.exchange.")

_own(row) if path.below(path.token(row.assembly_key), "{exchange}")

_name(row) := sprintf("%s (%s)", [row.factory, row.assembly]) if {
	row.assembly != ""
} else := "an agent it does not name"

_kinds := {"start": "could not start its agents", "exception": "failed"}

_severities := {"start": "medium", "exception": "low"}
