package exvet.iis

import data.exvet.known
import data.exvet.path

# METADATA
# description: |
#   refused lists the entries IIS refuses to apply where they stand, once a scope of Exchange's, except those
#   Microsoft writes: Exchange's own folders are reachable under more addresses than those of their
#   applications, and there its web.config files hold sections that are for applications only.
refused := {{"entry": entry, "scope": scope} |
	some entry in input.facts.iis.rejected
	not _usual(entry)
	some scope in entry.scopes
	scopes[scope]
}

_usual(entry) if {
	entry.section == "system.webServer/modules"
	entry.value != ""
	known.managed_modules[known.type_key(_type(entry.value))]
}

_usual(entry) if {
	entry.section == "system.webServer/modules"
	entry.value == ""
	known.baseline.global_modules[entry.key]
}

_usual(entry) if {
	entry.section == "system.webServer/handlers"
	known.managed_handlers[known.type_key(_type(entry.value))]
}

_usual(entry) if {
	entry.section == "system.webServer/handlers"
	known.script_processors[_processor(entry.value)]
}

# A handler without a type or a script processor names the native modules that answer.
_usual(entry) if {
	entry.section == "system.webServer/handlers"
	modules := {trim_space(module) | some module in split(lower(entry.value), ",")}
	count(modules & {"isapimodule", "cgimodule", "fastcgimodule"}) == 0
	every module in modules {
		known.baseline.global_modules[module]
	}
}

# The parts of a type as configuration writes it.
_type(text) := {
	"class": parts[0],
	"assembly": concat("", array.slice(parts, 1, 2)),
	"token": concat("", [trim_prefix(part, "publickeytoken=") |
		some part in parts
		startswith(part, "publickeytoken=")
	]),
} if {
	parts := [trim_space(part) | some part in split(lower(text), ",")]
}

# A script processor as configuration writes it, without its arguments.
_processor(text) := path.token(strings.replace_n(
	{"%windir%": path.system_root, "%systemroot%": path.system_root},
	split(lower(text), "|")[0],
))
