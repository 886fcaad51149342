# METADATA
# title: Profiler or startup code in the environment of an Exchange pool
# description: >-
#   Some environment variables make the .NET Framework load code into a process before anything of Exchange runs
#   there: COR_ENABLE_PROFILING with COR_PROFILER loads a profiler, as monitoring products do,
#   APPDOMAIN_MANAGER_ASM and APPDOMAIN_MANAGER_TYPE a manager of application domains, COMPLUS_ variables and
#   DEVPATH change what the runtime loads. Setup gives its pools no variables. A profiler that is
#   switched off, and variables of .NET Core, which Exchange does not use, are only worth a look
#   (EXV-IIS-032B). No use of a manager in Exchange is known: it is critical.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/configuration/system.applicationhost/applicationpools/
#   - ref: https://attack.mitre.org/techniques/T1574/012/
# custom:
#   id: EXV-IIS-032
#   stance: unsupported
#   severity: high
#   clause: C5
#   basis: inference
#   needs: [iis.pools, iis.apps, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Have the product leave the pools of Exchange out, or uninstall it from this server, and recycle the pool.
#     Where nobody knows of such a product, treat it as a possible compromise and keep the configuration.
#   alternative: >-
#     Monitor Exchange from outside: managed availability, performance counters, logs and protocol probes.
#   repro: >-
#     Save the configuration with appcmd add backup, take the variables out, recycle the pool, and check that
#     the profiler is not among the modules of the worker process.
package exvet.rules.iis.startup_variable

import data.exvet.environment
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some pool in environment.pools
	count(_startup(pool)) > 0
	finding := {
		"subject": rule.subject(["pool", pool.name]),
		"message": sprintf("%s starts with %s; consistent with clause C5, code brought into Exchange's processes", [
			pool.name,
			concat(" and ", [environment.spell(variable) | some variable in _startup(pool)]),
		]),
		"severity": _severity(pool),
		"evidence": [rule.evidence(variable, environment.spell(variable)) | some variable in _startup(pool)],
	}
}

_startup(pool) := [variable |
	some variable in pool.environment_variables
	environment.class(variable, pool) in {"startup", "manager"}
]

_severity(pool) := "critical" if {
	some variable in pool.environment_variables
	environment.class(variable, pool) == "manager"
} else := "high"
