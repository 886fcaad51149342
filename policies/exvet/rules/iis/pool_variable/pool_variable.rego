# METADATA
# title: Environment variable of an Exchange pool
# description: >-
#   Setup gives the pools of Exchange no environment variables. One that loads nothing by itself says that a
#   product means to act in these processes. A profiler that is named and not switched on in the pool loads
#   nothing there (low), unless it is switched on for the whole server; variables of .NET Core do nothing, since
#   Exchange runs on the .NET Framework (info).
# related_resources:
#   - ref: https://learn.microsoft.com/iis/configuration/system.applicationhost/applicationpools/
# custom:
#   id: EXV-IIS-032B
#   stance: review
#   severity: medium
#   clause: C5
#   basis: inference
#   needs: [iis.pools, iis.apps, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Find the product that set the variable, have it leave the pools of Exchange out, and take it away.
#   repro: >-
#     Save the configuration with appcmd add backup, take the variable out, recycle the pool, and test again.
package exvet.rules.iis.pool_variable

import data.exvet.environment
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some pool in environment.pools
	count(_lesser(pool)) > 0
	finding := {
		"subject": rule.subject(["pool", pool.name]),
		"message": sprintf("%s has the environment variables %s; consistent with clause C5 if a product reads them there", [
			pool.name,
			concat(" and ", [environment.spell(variable) | some variable in _lesser(pool)]),
		]),
		"severity": _severity({environment.class(variable, pool) | some variable in _lesser(pool)}),
		"evidence": [rule.evidence(variable, environment.spell(variable)) | some variable in _lesser(pool)],
	}
}

_lesser(pool) := [variable |
	some variable in pool.environment_variables
	environment.class(variable, pool) in {"other", "idle", "core"}
]

_severity(classes) := "medium" if {
	"other" in classes
} else := "low" if {
	"idle" in classes
} else := "info"
