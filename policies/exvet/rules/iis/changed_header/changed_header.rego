# METADATA
# title: Header that Exchange does not send
# description: >-
#   IIS adds a header to the answers of an Exchange application, and setup did not ask for it. Most come from
#   hardening guides or from a product that marks its traffic, and are low; one that says what the browser
#   may load or which other sites may read the answer changes what Outlook on the web can do, and is medium.
#   On the front end, Strict-Transport-Security is supported by Microsoft and is for information; on the back
#   end it breaks the traffic between servers. Headers of Exchange that were taken away to hide the name of
#   the server are not looked for, and neither is X-Powered-By of IIS.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/configuration/system.webserver/httpprotocol/customheaders/
#   - ref: https://microsoft.github.io/CSS-Exchange/Diagnostics/HealthChecker/IISInformation/
# custom:
#   id: EXV-IIS-043
#   stance: review
#   severity: low
#   clause: C2
#   basis: inference
#   needs: [iis.settings, iis.apps, iis.directories, iis.pools, iis.sites, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Find out which product or guide set the header. Remove it from Exchange's paths, and set it on the load
#     balancer or web application firewall in front where it is needed.
#   alternative: >-
#     An external proxy for headers and bodies, add-ins for the user interface, the documented style sheets
#     and images for branding.
#   repro: >-
#     Save the configuration with appcmd add backup, disable this one entry on this application, and test
#     again; appcmd restore backup puts it back.
package exvet.rules.iis.changed_header

import data.exvet.iis
import data.exvet.known
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some setting in input.facts.iis.settings
	setting.section == "system.webServer/httpProtocol/customHeaders"
	not known.settings.header_values[setting.key][lower(setting.value)]
	some place in iis.places(setting.scopes)
	not _exchanges(setting, place)
	finding := {
		"subject": rule.subject(["config", place, concat("/", ["customHeaders", setting.name])]),
		"message": sprintf("header %s: %s is added %s%s; consistent with clause C2", [
			setting.name,
			setting.value,
			iis.place_text(place),
			_remark(setting),
		]),
		"severity": _severity(setting),
		"evidence": rule.history(setting, sprintf("%s: %s", [setting.name, setting.value])),
	}
}

# One of Exchange's own headers, on its side of Exchange.
_exchanges(setting, place) if {
	some [scope, address] in iis.app_places
	scope == iis.scopes[place]
	kind := split(address, "|")[0]
	known.settings.headers[kind][setting.key]
}

_severity(setting) := "medium" if {
	_governs(setting.key)
} else := "info" if {
	setting.key == "strict-transport-security"
	not _back_end(setting)
} else := "low"

# Headers that rule what a browser runs and shows.
_governs(key) if {
	key in {
		"content-security-policy",
		"content-security-policy-report-only",
		"x-content-security-policy",
		"x-webkit-csp",
		"cross-origin-opener-policy",
		"cross-origin-embedder-policy",
	}
}

_governs(key) if startswith(key, "access-control-")

_remark(setting) := ", and the back end is not to send it" if {
	setting.key == "strict-transport-security"
	_back_end(setting)
} else := ""

_back_end(setting) if {
	some scope in setting.scopes
	[iis.scopes[scope], "back_end"] in iis.sides
}
