package exvet.environment_test

import data.exvet.environment

_pool(variables) := {"environment_variables": [{"name": name, "key": lower(name), "value": value} |
	some name, value in variables
]}

_classes(variables) := {variable.name: environment.class(variable, pool) |
	pool := _pool(variables)
	some variable in pool.environment_variables
}

test_class[name] if {
	some name, want in {
		"profiler": [
			{"COR_ENABLE_PROFILING": "1", "COR_PROFILER": "{a}", "COR_PROFILER_PATH_64": "p"},
			{"COR_ENABLE_PROFILING": "startup", "COR_PROFILER": "startup", "COR_PROFILER_PATH_64": "startup"},
		],
		"switched off": [
			{"COR_ENABLE_PROFILING": "0x0", "COR_PROFILER": "a"},
			{"COR_ENABLE_PROFILING": "idle", "COR_PROFILER": "idle"},
		],
		"not switched on": [{"COR_PROFILER": "a"}, {"COR_PROFILER": "idle"}],
		"switched on without a profiler": [{"COR_ENABLE_PROFILING": "0x00000001"}, {"COR_ENABLE_PROFILING": "other"}],
		"eleven is not one": [{"cor_enable_profiling": "11", "cor_profiler": "a"}, {
			"cor_enable_profiling": "idle",
			"cor_profiler": "idle",
		}],
		"manager": [{"APPDOMAIN_MANAGER_ASM": "A", "AppDomain_Manager_Type": "T"}, {
			"APPDOMAIN_MANAGER_ASM": "manager",
			"AppDomain_Manager_Type": "manager",
		}],
		"runtime": [{"COMPlus_Version": "v2.0.50727", "DEVPATH": "d"}, {"COMPlus_Version": "startup", "DEVPATH": "startup"}],
		"core": [{"CORECLR_PROFILER": "a", "DOTNET_STARTUP_HOOKS": "h"}, {
			"CORECLR_PROFILER": "core",
			"DOTNET_STARTUP_HOOKS": "core",
		}],
		"longer name": [{"COR_PROFILERS": "a", "DEVPATHS": "d", "MY_COMPLUS_X": "1"}, {
			"COR_PROFILERS": "idle",
			"DEVPATHS": "other",
			"MY_COMPLUS_X": "other",
		}],
	}
	_classes(want[0]) == want[1]
}
