# METADATA
# title: Redirect on a path of Exchange
# description: >-
#   IIS answers requests for a path of Exchange with an address to go to instead. Found is one to another
#   host, or to another path than the one setup gives. The redirect from the root of the front end to /owa is
#   common and is for information, unless the applications below inherit it: then EWS and ActiveSync are
#   redirected as well, and fail. The redirects of the old paths /Exchange, /Exchweb and /Public on the back
#   end are Microsoft's and are not meant.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/configuration/system.webserver/httpredirect/
# custom:
#   id: EXV-IIS-044
#   stance: review
#   severity: medium
#   clause: C2
#   basis: inference
#   needs: [iis.settings, iis.apps, iis.directories, iis.pools, iis.sites, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Remove the redirect from the path, or keep it to the root alone by switching it off in each application
#     below. Send people to another host from a load balancer in front.
#   alternative: >-
#     A redirect on the load balancer or reverse proxy in front of the server.
#   repro: >-
#     Note the values, switch the redirect off with appcmd set config "SITE/APP"
#     -section:system.webServer/httpRedirect /enabled:false, test again, and put it back.
package exvet.rules.iis.redirect

import data.exvet.iis
import data.exvet.known
import data.exvet.path
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some setting in input.facts.iis.settings
	setting.section == "system.webServer/httpRedirect"
	setting.name == "enabled"
	lower(setting.value) == "true"
	some place in iis.places(setting.scopes)
	destination := _destination(place)
	not _microsofts(place, destination)
	verdict := _verdict(setting, place, destination)
	finding := {
		"subject": rule.subject(["config", place, "system.webServer/httpRedirect"]),
		"message": sprintf("requests are redirected to %s %s%s; consistent with clause C2", [
			destination,
			iis.place_text(place),
			verdict.remark,
		]),
		"severity": verdict.severity,
		"evidence": rule.history(setting, sprintf("destination=\"%s\"", [destination])),
	}
}

_destination(place) := [setting.value |
	some setting in input.facts.iis.settings
	setting.section == "system.webServer/httpRedirect"
	setting.name == "destination"
	place in setting.scopes
][0]

_microsofts(place, destination) if {
	trim_suffix(lower(destination), "/") == "/owa"
	some directory in input.facts.iis.directories
	directory.scope == place
	directory.kind == "virtual_directory"
	some app in input.facts.iis.apps
	app.scope == directory.app
	address := substring(directory.key, count(app.site), -1)
	known.baseline.directories[concat("|", ["back_end", address, path.token(directory.physical_key)])]
}

_verdict(setting, place, destination) := {"severity": "medium", "remark": ", which is another host"} if {
	_other_host(place, destination)
} else := {"severity": "medium", "remark": ", and the applications below inherit it"} if {
	some scope in setting.scopes
	iis.scopes[scope]
	scope != place
} else := {"severity": "info", "remark": ""} if {
	_front_door(place, destination)
} else := {"severity": "medium", "remark": ""}

_other_host(place, destination) if {
	regex.match(`(?i)^([a-z][a-z0-9+.-]*:)?//`, destination)
	host := lower(regex.replace(destination, `(?i)^([a-z][a-z0-9+.-]*:)?//([^/:?#]*).*$`, "$2"))
	not host in _hosts(place)
}

# The hosts a site answers as.
_hosts(place) := {lower(split(binding.information, ":")[2]) |
	some site in input.facts.iis.sites
	startswith(place, concat("", [site.name, "/"]))
	some binding in site.bindings
	startswith(lower(binding.protocol), "http")
} - {""}

_front_door(place, destination) if {
	["front_end|/"] == [address | some [scope, address] in iis.app_places; scope == place]
	regex.match(`(?i)^([a-z][a-z0-9+.-]*://[^/?#]*)?/owa/?$`, destination)
}
