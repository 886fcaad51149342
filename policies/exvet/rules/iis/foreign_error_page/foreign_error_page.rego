# METADATA
# title: Error page outside Exchange's folders
# description: >-
#   IIS answers an error of an Exchange application with a page that is neither one of its own, nor the error
#   page of Outlook on the web, nor a file of Exchange. Such a page can be a program, and a portal of a
#   product in front often works this way. Pages by file name alone are IIS's own, in inetpub\custerr.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/configuration/system.webserver/httperrors/
# custom:
#   id: EXV-IIS-045
#   stance: review
#   severity: medium
#   clause: C2
#   basis: inference
#   needs: [iis.settings, iis.apps, iis.directories, iis.pools, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Remove the error page from Exchange's paths, so that Exchange's own is shown.
#   alternative: >-
#     Error pages on the load balancer or reverse proxy in front of the server.
#   repro: >-
#     Save the configuration with appcmd add backup, disable this one entry on this application, and test
#     again; appcmd restore backup puts it back.
package exvet.rules.iis.foreign_error_page

import data.exvet.iis
import data.exvet.path
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some setting in input.facts.iis.settings
	setting.section == "system.webServer/httpErrors"
	setting.name != "errorMode"
	not _usual(setting.value)
	some place in iis.places(setting.scopes)
	finding := {
		"subject": rule.subject(["config", place, concat("/", ["httpErrors", setting.name])]),
		"message": sprintf("error %s is answered with %s %s; consistent with clause C2", [
			setting.name,
			setting.value,
			iis.place_text(place),
		]),
		"evidence": rule.history(setting, setting.value),
	}
}

_usual("")

# A name alone is a file of inetpub\custerr.
_usual(page) if regex.match(`^[A-Za-z0-9_.-]+\.html?$`, page)

_usual(page) if regex.match(`(?i)^/(owa|ecp)/auth/error(fe|2)?\.aspx(\?|$)`, page)

_usual(page) if {
	not contains(page, "..")
	_served(path.token(lower(replace(page, "/", `\`))))
}

_served(key) if path.below(key, `{exchange}\clientaccess\help`)

_served(key) if path.below(key, `{systemdrive}\inetpub\custerr`)

_served(key) if regex.match(`^%systemdrive%\\inetpub\\custerr\\`, key)
