# METADATA
# title: Exchange application moved to another pool or folder
# description: >-
#   Setup gives every application of Exchange a pool and a folder. This one has another, so that Exchange
#   shares a worker process with something else, runs under other settings, or serves other files.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/configuration/system.applicationhost/sites/site/application/
# custom:
#   id: EXV-IIS-022
#   stance: unsupported
#   severity: high
#   clause: C3
#   basis: inference
#   needs: [iis.apps, iis.sites, iis.pools, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Give the application its pool and folder back, as setup makes them, and recycle both pools.
#   repro: >-
#     Save the configuration with appcmd add backup, set the pool and the folder back, recycle, and test
#     again.
package exvet.rules.iis.moved_exchange_application

import data.exvet.hosting
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some move in hosting.moves
	finding := {
		"subject": rule.subject(["app", move.app.scope]),
		"message": sprintf("%s has %s; setup gives it %s, and this is consistent with clause C3", [
			move.app.scope,
			concat(" and ", move.found),
			concat(" and ", move.want),
		]),
		"evidence": [rule.evidence(move.app, value) | some value in move.found],
	}
}
