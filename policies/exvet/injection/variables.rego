package exvet.injection

import data.exvet.account
import data.exvet.known
import data.exvet.product as products
import data.exvet.service

# METADATA
# scope: document
# description: |
#   scopes lists where environment variables of Exchange's processes come from, besides application pools: the
#   machine, the accounts Exchange runs as, its services and those that start worker processes. Each has a
#   kind ("machine", "account" or "service"), the key of the account or service, words for who gets them, its own
#   rows, and values: what a process there gets, by variable.
scopes contains scope if {
	count(_machine) > 0
	scope := {"kind": "machine", "key": "", "who": "every process", "rows": _machine, "values": _values(_machine)}
}

scopes contains scope if {
	some sid, rows in _of_account
	scope := {
		"kind": "account",
		"key": sid,
		"who": sprintf("every process of %s", [account.name(sid)]),
		"rows": rows,
		"values": object.union(_values(_machine), _values(rows)),
	}
}

scopes contains scope if {
	some key, rows in _of_service
	scope := {
		"kind": "service",
		"key": key,
		"who": _who(key),
		"rows": rows,
		"values": object.union_n([
			_values(_machine),
			_values(object.get(_of_account, object.get(_runs_as, key, ""), [])),
			_values(rows),
		]),
	}
}

_who(key) := "every IIS worker process (by WAS)" if {
	key == "was"
} else := "IIS (by W3SVC)" if {
	key == "w3svc"
} else := sprintf("the service %s", [service.hosts[key]])

_machine := [_row(variable) |
	some variable in input.facts.injection.environment
	variable.scope == "machine"
]

_of_account := {sid: rows |
	some sid in account.exchange
	rows := [_row(variable) |
		some variable in input.facts.injection.environment
		variable.account == sid
	]
	count(rows) > 0
}

_of_service := {key: rows |
	some key, _ in service.hosts
	rows := [_row(variable) |
		some variable in input.facts.services.environment
		variable.service_key == key
	]
	count(rows) > 0
}

_runs_as := {key: sids[0] |
	some key, _ in service.hosts
	sids := [found.sid | some found in input.facts.services.list; found.key == key]
}

_row(variable) := {"key": variable.name_key, "name": variable.name, "value": variable.value, "ref": variable.ref}

# A list may name a variable twice; the last one counts.
_values(rows) := {key: given[count(given) - 1] |
	some key in {row.key | some row in rows}
	given := [row.value | some row in rows; row.key == key]
}

# METADATA
# description: |
#   variables lists the variables of those scopes: the scope, the variable and its class, "manager" for a manager of
#   application domains, "runtime" for what else changes what the .NET Framework loads, "profiler" for its
#   profiler, "core" for .NET Core, else "other".
variables contains [scope, row, _class(row.key)] if {
	some scope in scopes
	some row in scope.rows
}

_class(key) := "manager" if {
	startswith(key, "appdomain_manager_")
} else := "runtime" if {
	startswith(key, "complus_")
} else := "runtime" if {
	key == "devpath"
} else := "profiler" if {
	startswith(key, "cor_enable_profiling")
} else := "profiler" if {
	startswith(key, "cor_profiler")
} else := "core" if {
	some prefix in ["coreclr_", "dotnet_"]
	startswith(key, prefix)
} else := "other"

# METADATA
# description: |
#   profilers lists the scopes that speak of a profiler for the .NET Framework. Each tells its profiler (a CLSID or
#   ProgID, "" when it names none), the file it loads as far as known, its rows, the one row it is known by, and
#   its state: "on"; "microsoft", on and registered under a class of Microsoft's; "bit32", on and registered for
#   programs of 32 bits only; "unnamed", on without a profiler; "off".
profilers contains found if {
	some scope in scopes
	rows := [row | some row in scope.rows; _class(row.key) == "profiler"]
	count(rows) > 0
	profiler := trim_space(object.get(scope.values, "cor_profiler", ""))
	found := {
		"scope": scope,
		"profiler": profiler,
		"file": _profiler_file(scope.values),
		"rows": rows,
		"anchor": _anchor(rows),
		"state": _state(scope.values, profiler),
	}
}

_anchor(rows) := named[0] if {
	named := [row | some row in rows; row.key == "cor_profiler"]
} else := rows[0]

_state(values, profiler) := "off" if {
	not _enabled(object.get(values, "cor_enable_profiling", ""))
} else := "unnamed" if {
	profiler == ""
} else := "bit32" if {
	_path_64(values) == ""
	_files(profiler, "64") == set()
	_bit32(values, profiler)
} else := "microsoft" if {
	_path_64(values) == ""
	_microsoft(profiler)
} else := "on"

# Decimal or hexadecimal.
_enabled(value) if regex.match(`^(0x)?0*1$`, lower(trim_space(value)))

# Whose class it is says nothing of the file when a variable names another.
_microsoft(profiler) if known.windows.profilers[products.class(profiler)]

_microsoft(profiler) if {
	some row in input.facts.injection.profilers
	row.key == lower(profiler)
	known.windows.profilers[lower(row.clsid)]
}

_bit32(values, _) if object.get(values, "cor_profiler_path_32", "") != ""

_bit32(_, profiler) if count(_files(profiler, "32")) > 0

# The path of a variable comes before that of the registered class.
_path_64(values) := file if {
	file := values.cor_profiler_path_64
	file != ""
} else := object.get(values, "cor_profiler_path", "")

_files(profiler, view) := {row.dll_key |
	some row in input.facts.injection.profilers
	row.key == lower(profiler)
	row.view == view
	row.registered
}

_profiler_file(values) := replace(lower(trim(_path_64(values), `" `)), "/", `\`) if {
	_path_64(values) != ""
} else := min(_files(values.cor_profiler, "64")) if {
	count(_files(values.cor_profiler, "64")) > 0
} else := min(_files(values.cor_profiler, "32")) if {
	count(_files(values.cor_profiler, "32")) > 0
} else := ""

# METADATA
# description: spell writes a variable as a command line does.
spell(row) := sprintf("%s=%s", [row.name, row.value])

# METADATA
# scope: document
# description: named names a profiler in a sentence.
named("") := "no profiler"

named(profiler) := sprintf("profiler %s", [profiler]) if profiler != ""

# METADATA
# scope: document
# description: in_file names the file of a profiler in a sentence, and is "" where none is known.
in_file("") := ""

in_file(file) := sprintf(" (%s)", [file]) if file != ""
