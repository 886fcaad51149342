# METADATA
# title: Exchange application pool is recycled or watched in another way
# description: >-
#   Setup recycles no pool of Exchange but those of Outlook on the web and the admin center, every two weeks. It
#   switches rapid-fail protection, pinging and the stop after idle time off, and sets the length of the queue
#   of requests. Tools that recycle pools "for health" drop the connections of clients; Microsoft's
#   HealthChecker names such settings as well. A pool setup does not know is not compared.
# related_resources:
#   - ref: https://learn.microsoft.com/iis/configuration/system.applicationhost/applicationpools/add/recycling/
#   - ref: https://microsoft.github.io/CSS-Exchange/Diagnostics/HealthChecker/
# custom:
#   id: EXV-IIS-034
#   stance: review
#   severity: low
#   clause: "-"
#   basis: inference
#   needs: [iis.pools, iis.apps, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Set the pool back as setup leaves it, unless Microsoft Support asked for the change.
#   repro: >-
#     Set it back and watch for WAS events 5074 to 5080, which say why a pool was recycled.
package exvet.rules.iis.pool_recycling

import data.exvet.iis
import data.exvet.known
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some pool in input.facts.iis.pools
	pool.key in iis.pools
	want := known.baseline.pool_settings[pool.key]
	different := {name | some field, name in _names; pool[field] != want[field]}
	count(different) > 0
	finding := {
		"subject": rule.subject(["pool", pool.name]),
		"message": sprintf("%s has %s", [
			pool.name,
			concat(" and ", [sprintf("%s=\"%v\", where setup gives \"%v\"", [name, pool[field], want[field]]) |
				some field, name in _names
				name in different
			]),
		]),
		"severity": _severity(different),
		"evidence": [rule.evidence(pool, sprintf("%s=\"%v\"", [name, pool[field]])) |
			some field, name in _names
			name in different
		],
	}
}

_names := {
	"periodic_restart": "recycling/periodicRestart/time",
	"idle_timeout": "processModel/idleTimeout",
	"pinging_enabled": "processModel/pingingEnabled",
	"rapid_fail_protection": "failure/rapidFailProtection",
	"queue_length": "queueLength",
}

# The length of the queue alone drops no connection.
_severity(different) := "info" if {
	different == {"queueLength"}
} else := "low"
