# METADATA
# title: Worker process of Exchange no longer trusted by IIS
# description: >-
#   The service that runs application pools got damaged data from a worker process of Exchange (WAS event
#   5127). Microsoft's text for the event asks to check the loaded modules and to contact the vendor of
#   those that are ISAPI or third-party. It names none.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/configuration/system.applicationhost/applicationpools/add/processmodel
# custom:
#   id: EXV-EVT-004B
#   stance: review
#   severity: medium
#   clause: C3
#   basis: inference
#   needs: [events.was, iis.apps, iis.pools, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Look at the native modules and filters that load into the pool, and take out those that are not
#     Exchange's.
#   alternative: >-
#     A transport agent, EWS or Graph.
#   repro: >-
#     Save the configuration with appcmd add backup, take one foreign module out, restart W3SVC and WAS,
#     and watch for this event.
package exvet.rules.event.untrusted_worker

import data.exvet.event
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some pool in {row.pool | some row in _untrusted}
	rows := [row | some row in _untrusted; row.pool == pool]
	finding := {
		"subject": event.subject(rows[0]),
		"message": sprintf("a process of %s is no longer trusted, %s; consistent with clause C3, foreign code in the pool", [
			pool,
			event.seen(rows),
		]),
		"evidence": [event.evidence(row, row.text) | some row in rows],
	}
}

_untrusted := [row |
	some row in input.facts.events.was
	row.kind == "untrusted"
	event.exchange_pool(row.pool_key)
]
