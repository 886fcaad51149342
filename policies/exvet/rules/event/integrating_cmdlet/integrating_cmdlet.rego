# METADATA
# title: Cmdlet that integrates a product was run
# description: >-
#   The log of MSExchange Management tells who installed or enabled a transport agent, gave an account the
#   role ApplicationImpersonation, or exported a mailbox, and when. These are supported ways to integrate
#   a product, and what an attacker would use as well; it is told to be put beside what else is found.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/mail-flow/transport-agents/transport-agents
#   - ref: https://learn.microsoft.com/exchange/client-developer/exchange-web-services/how-to-configure-impersonation
# custom:
#   id: EXV-EVT-011
#   stance: review
#   severity: info
#   clause: "-"
#   basis: inference
#   needs: [events.cmdlets]
#   remediation: >-
#     None, if the account and the product are known.
package exvet.rules.event.integrating_cmdlet

import data.exvet.event
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.events.cmdlets
	_integrates(row)
	finding := {
		"subject": event.subject(row),
		"message": sprintf("%s ran %s %s, %s", [row.account, row.cmdlet, row.parameters, event.seen([row])]),
		"evidence": [event.evidence(row, sprintf("%s %s", [row.cmdlet, row.parameters]))],
	}
}

_integrates(row) if {
	row.cmdlet_key in {"install-transportagent", "enable-transportagent", "new-mailboxexportrequest"}
}

_integrates(row) if {
	row.cmdlet_key == "new-managementroleassignment"
	contains(lower(row.parameters), "applicationimpersonation")
}
