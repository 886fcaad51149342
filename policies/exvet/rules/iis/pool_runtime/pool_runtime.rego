# METADATA
# title: Exchange application pool has another bitness, pipeline or runtime
# description: >-
#   Setup leaves the pools of Exchange 64-bit, in integrated mode and with .NET 4.0. In another mode the modules of
#   Exchange are not loaded or fail to load: event 2282 says that an image was built for another processor. It
#   is what an installer does that needs its own 32-bit or classic module in the pool, and may come from the
#   defaults of all pools. DefaultAppPool and the pools of IIS are not judged.
# related_resources:
#   - ref: https://learn.microsoft.com/iis/configuration/system.applicationhost/applicationpools/add/
# custom:
#   id: EXV-IIS-031
#   stance: review
#   severity: high
#   clause: "-"
#   basis: inference
#   needs: [iis.pools, iis.apps, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Set the attribute of the pool back (enable32BitAppOnWin64="false", managedPipelineMode="Integrated",
#     managedRuntimeVersion="v4.0") and recycle it.
#   repro: >-
#     Set it back, recycle the pool, and check that events 2280 and 2282 of IIS-W3SVC-WP stay away.
package exvet.rules.iis.pool_runtime

import data.exvet.iis
import data.exvet.known
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some pool in input.facts.iis.pools
	pool.key in iis.pools
	not known.baseline.stock_pools[pool.key]
	differences := _differences(pool)
	count(differences) > 0
	finding := {
		"subject": rule.subject(["pool", pool.name]),
		"message": sprintf("%s has %s, which setup does not set", [pool.name, concat(" and ", differences)]),
		"evidence": [rule.evidence(pool, difference) | some difference in differences],
	}
}

_differences(pool) := array.flatten([
	["enable32BitAppOnWin64=\"true\"" | pool.enable_32bit],
	[sprintf("managedPipelineMode=\"%s\"", [pool.pipeline_mode]) | lower(pool.pipeline_mode) != "integrated"],
	[sprintf("managedRuntimeVersion=\"%s\"", [pool.runtime_version]) | lower(pool.runtime_version) != "v4.0"],
])
