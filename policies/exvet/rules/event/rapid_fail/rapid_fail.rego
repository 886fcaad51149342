# METADATA
# title: Exchange application pool was disabled after a series of failures
# description: >-
#   WAS event 5002: the pool was switched off since its processes failed several times in a row. Exchange
#   setup turns that protection off for its pools, so that someone has turned it on, and the pool had
#   cause.
# related_resources:
#   - ref: https://learn.microsoft.com/iis/configuration/system.applicationhost/applicationpools/add/processmodel
# custom:
#   id: EXV-EVT-004C
#   stance: review
#   severity: low
#   clause: "-"
#   basis: inference
#   needs: [events.was, iis.apps, iis.pools, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Turn rapid-fail protection off again, and look for what ended the processes: events 4999, 1000 and
#     1026 of the same minutes.
#   repro: >-
#     Start the pool again and watch for the failures with one foreign module taken out at a time.
package exvet.rules.event.rapid_fail

import data.exvet.event
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some pool in {row.pool | some row in _disabled}
	rows := [row | some row in _disabled; row.pool == pool]
	finding := {
		"subject": event.subject(rows[0]),
		"message": sprintf("%s was disabled after a series of failures, %s; setup gives it no such protection", [
			pool,
			event.seen(rows),
		]),
		"evidence": [event.evidence(row, row.text) | some row in rows],
	}
}

_disabled := [row |
	some row in input.facts.events.was
	row.kind == "disabled"
	event.exchange_pool(row.pool_key)
]
