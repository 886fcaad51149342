# METADATA
# description: |
#   What environment variables make the .NET Framework do. The names do not depend on case; a value may be
#   written in decimal or in hexadecimal.
package exvet.environment

import data.exvet.iis
import data.exvet.known

# METADATA
# description: pools holds Exchange's pools, whose variables count. The stock pools of IIS are not Exchange's.
pools contains pool if {
	some pool in input.facts.iis.pools
	pool.key in iis.pools
	not known.baseline.stock_pools[pool.key]
}

# METADATA
# description: |
#   class tells what a variable does beside the others of its pool: "manager" names a manager of application
#   domains, "startup" loads other code into the process or changes what the runtime loads, "idle" belongs to a
#   profiler that is not switched on, "core" is for .NET Core, and the rest is "other".
class(variable, pool) := "manager" if {
	startswith(variable.key, "appdomain_manager_")
} else := "startup" if {
	_of_profiler(variable.key)
	_profiled(pool)
} else := "idle" if {
	_of_profiler(variable.key)
	not _switched_on(pool)
} else := "startup" if {
	startswith(variable.key, "complus_")
} else := "startup" if {
	variable.key == "devpath"
} else := "core" if {
	some prefix in ["coreclr_", "dotnet_"]
	startswith(variable.key, prefix)
} else := "other"

_of_profiler("cor_enable_profiling")

_of_profiler(key) if startswith(key, "cor_profiler")

# The value of COR_PROFILER is a class identifier, with or without braces, or a name for one.
_profiled(pool) if {
	_switched_on(pool)
	some variable in pool.environment_variables
	variable.key == "cor_profiler"
	trim_space(variable.value) != ""
}

_switched_on(pool) if {
	some variable in pool.environment_variables
	variable.key == "cor_enable_profiling"
	regex.match(`^(0x)?0*1$`, lower(trim_space(variable.value)))
}

# METADATA
# description: spell writes a variable as a command line does.
spell(variable) := sprintf("%s=%s", [variable.name, variable.value])
