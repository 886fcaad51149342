package exvet.iis

import data.exvet.known
import data.exvet.path

# METADATA
# description: |
#   foreign_program_handlers holds the handlers that run an ISAPI extension or a CGI program which neither
#   Exchange setup nor ASP.NET registers.
foreign_program_handlers contains handler if {
	some handler in input.facts.iis.handlers
	some module in handler.modules
	module in {"isapimodule", "cgimodule", "fastcgimodule"}
	not _known_program(handler, module)
}

_known_program(handler, _) if {
	handler.script_processor_key != ""
	known.script_processors[path.token(handler.script_processor_key)]
}

_known_program(handler, module) if {
	handler.script_processor_key == ""
	known.optional.file_handlers[concat("|", [module, lower(handler.path), lower(handler.require_access)])]
}

# METADATA
# description: program names what a handler of foreign_program_handlers runs.
program(handler) := handler.script_processor if {
	handler.script_processor != ""
} else := "the file the URL names"

# METADATA
# description: |
#   foreign_isapi_programs holds the entries that allow an ISAPI or CGI program which neither Exchange setup nor
#   the .NET Framework needs.
foreign_isapi_programs contains program if {
	path.exchange_root
	some program in input.facts.iis.isapi_restrictions
	program.allowed
	key := path.token(program.path_key)
	not known.baseline.isapi_programs[key]
	not known.script_processors[key]
}

# METADATA
# description: |
#   open_isapi_lists holds the settings that allow programs the list of ISAPI and CGI programs does not name, and
#   where: pairs of the setting and a scope, "" for the whole server.
open_isapi_lists contains [setting, scope] if {
	some setting in input.facts.iis.settings
	setting.section == "system.webServer/security/isapiCgiRestriction"
	setting.key in {"notlistedisapisallowed", "notlistedcgisallowed"}
	lower(trim_space(setting.value)) == "true"
	some scope in places(setting.scopes)
}
