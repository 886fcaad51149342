# METADATA
# title: Exchange application pool could not start under its account
# description: >-
#   The service that runs application pools could not use the identity of one of Exchange's, or gave up
#   starting it: WAS events 5021, 5022, 5057 and 5059. Exchange setup gives every pool LocalSystem, which
#   has no password that could be wrong or expire, so that these events go with a pool that ran under
#   another account at that time. Pools of others are left out. What the pool runs as today is the matter
#   of another rule.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/configuration/system.applicationhost/applicationpools/add/processmodel
# custom:
#   id: EXV-EVT-004
#   stance: review
#   severity: high
#   clause: C4
#   basis: inference
#   needs: [events.was, iis.apps, iis.pools, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Set the identity of the pool back to LocalSystem and recycle it. Give the product the rights it
#     needs by role-based access control instead.
#   alternative: >-
#     A service account of its own that calls Exchange through EWS, Graph or remote PowerShell.
#   repro: >-
#     Set the identity back, recycle the pool, and check that WAS events 5021, 5057 and 5059 stay away.
package exvet.rules.event.pool_account_failure

import data.exvet.event
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some [id, pool] in {[row.id, row.pool] |
		some row in input.facts.events.was
		_kinds[row.kind]
		event.exchange_pool(row.pool_key)
	}
	rows := [row | some row in input.facts.events.was; row.id == id; row.pool == pool]
	finding := {
		"subject": event.subject(rows[0]),
		"message": sprintf("%s %s, %s; consistent with clause C4, another account of the pool", [
			pool,
			_kinds[rows[0].kind],
			event.seen(rows),
		]),
		"evidence": [event.evidence(row, row.text) | some row in rows],
	}
}

_kinds := {
	"identity": "has an identity that is not valid",
	"identity_disabled": "was disabled as its identity is not valid",
	"logon": "could not be logged on",
	"start_failed": "was disabled as no worker process could be started",
}
