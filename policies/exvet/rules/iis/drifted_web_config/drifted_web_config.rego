# METADATA
# title: Exchange application without its own handler, or with a weaker filter
# description: >-
#   Two changes of the configuration files of Exchange that no other rule sees. An application of Exchange
#   has lost the handler it answers with, so that something else answers there or nothing does. Or it allows
#   addresses that are escaped twice, which setup allows for EWS and REST only. The files are not compared
#   with those of the update as a whole, so other edits, such as of sizes and of logging, are not looked for.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/configuration/system.webserver/handlers/
#   - ref: https://learn.microsoft.com/iis/configuration/system.webserver/security/requestfiltering/
# custom:
#   id: EXV-IIS-048
#   stance: review
#   severity: medium
#   clause: C2
#   basis: inference
#   needs: [iis.handlers, iis.settings, iis.apps, iis.directories, iis.pools, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Compare the file with the one of a server with the same update, find out who changed it, and put the
#     original back. Installing the update again does so too.
#   repro: >-
#     Save the file, put the one of a server with the same update in its place, recycle the pool, and test
#     again.
package exvet.rules.iis.drifted_web_config

import data.exvet.iis
import data.exvet.known
import data.exvet.path
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some app in input.facts.iis.apps
	wanted := known.settings.answering_handlers[path.token(app.physical_key)]
	scope := app.scope
	_has_handlers(scope)
	not _has_handler(scope, wanted)
	not _left_open(scope)
	finding := {
		"subject": rule.subject(["handler", scope, wanted]),
		"message": sprintf("%s has no handler %s, with which it answers; consistent with clause C2", [scope, wanted]),
		"evidence": [rule.evidence(app, app.physical_path)],
	}
}

findings contains finding if {
	some setting in input.facts.iis.settings
	setting.section == "system.webServer/security/requestFiltering"
	setting.name == "allowDoubleEscaping"
	lower(setting.value) == "true"
	some place in iis.places(setting.scopes)
	not _allowed(place)
	finding := {
		"subject": rule.subject(["config", place, "requestFiltering/allowDoubleEscaping"]),
		"message": sprintf("allowDoubleEscaping=\"%s\" %s; consistent with clause C2", [
			setting.value,
			iis.place_text(place),
		]),
		"severity": "low",
		"evidence": rule.history(setting, sprintf("allowDoubleEscaping=\"%s\"", [setting.value])),
	}
}

_has_handlers(scope) if {
	some handler in input.facts.iis.handlers
	scope in handler.scopes
}

_has_handler(scope, name) if {
	some handler in input.facts.iis.handlers
	handler.key == name
	scope in handler.scopes
}

# Nothing is gone where a file of the application was not read.
_left_open(scope) if {
	some missing in input.collected.iis.missing
	missing.scope == scope
}

_allowed(place) if {
	some [scope, folder] in iis.app_folders
	scope == iis.scopes[place]
	known.settings.double_escaping[folder]
}

# A virtual directory or folder with the web.config of such an application.
_allowed(place) if {
	some directory in input.facts.iis.directories
	directory.scope == place
	known.settings.double_escaping[path.token(directory.physical_key)]
}
