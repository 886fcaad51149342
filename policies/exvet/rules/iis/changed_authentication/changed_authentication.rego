# METADATA
# title: Way of signing in that setup does not give an application
# description: >-
#   Products for single sign-on and for second factors often switch off the way of signing in that Exchange
#   expects, and let requests in without one (anonymously) to check them themselves. Each application is
#   compared with the documented defaults of its virtual directory. On the back end nothing is to be changed,
#   and on the front end a way of signing in that was added counts; one that an administrator may choose with
#   the cmdlets of Exchange (basic or Windows authentication), and one that was taken away, is low. Not
#   counted are Extended Protection, hybrid modern authentication, which is no setting of IIS, AD FS claims
#   for Outlook on the web and the Exchange admin center, which switch the other ways off, and client
#   certificates where Exchange documents them.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/exchange/clients/default-virtual-directory-settings
# custom:
#   id: EXV-IIS-046
#   stance: review
#   severity: medium
#   clause: "-"
#   basis: inference
#   needs: [iis.settings, iis.apps, iis.directories, iis.pools, iis.sites, exchange.root]
#   roles: [mailbox, client_access]
#   since: 15.1.225.42
#   remediation: >-
#     Set the virtual directory back with the Set-*VirtualDirectory cmdlet of Exchange, and let the product
#     sign people in before they reach Exchange.
#   alternative: >-
#     AD FS or hybrid modern authentication, or pre-authentication on a reverse proxy.
#   repro: >-
#     Note the values, set the default with the cmdlet, run iisreset /noforce, test again, and put the values
#     back.
package exvet.rules.iis.changed_authentication

import data.exvet.iis
import data.exvet.known
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some setting in input.facts.iis.settings
	setting.name == "enabled"
	method := _methods[setting.section]
	value := lower(setting.value) == "true"
	some scope in setting.scopes
	some [application, address] in iis.app_places
	application == scope
	expected := known.settings.authentication[address]
	value != object.get(expected, method, false)
	not _usual(scope, address, method)
	finding := {
		"subject": rule.subject(["config", scope, concat("/", [method, "authentication"])]),
		"message": sprintf("%s authentication is %s in %s, and setup has it %s", [
			method,
			_word(value),
			scope,
			_word(object.get(expected, method, false)),
		]),
		"severity": _severity(address, method, value),
		"evidence": rule.history(setting, sprintf("enabled=\"%s\"", [setting.value])),
	}
}

_methods := {
	"system.webServer/security/authentication/anonymousAuthentication": "anonymous",
	"system.webServer/security/authentication/basicAuthentication": "basic",
	"system.webServer/security/authentication/digestAuthentication": "digest",
	"system.webServer/security/authentication/windowsAuthentication": "windows",
	"system.webServer/security/authentication/clientCertificateMappingAuthentication": "certificate",
	"system.webServer/security/authentication/iisClientCertificateMappingAuthentication": "certificate",
}

_word(true) := "on"

_word(false) := "off"

_severity(address, method, value) := "low" if {
	startswith(address, "front_end|")
	not value
} else := "low" if {
	startswith(address, "front_end|")
	method in {"basic", "windows"}
} else := "medium"

# Exchange documents certificates for these.
_usual(_, address, "certificate") if {
	address in {"front_end|/owa", "front_end|/ecp", "front_end|/microsoft-server-activesync"}
}

# AD FS claims leave every other way switched off.
_usual(scope, address, method) if {
	address in {"front_end|/owa", "front_end|/ecp"}
	method in {"anonymous", "basic"}
	every other in ["basic", "windows", "digest"] {
		_off(scope, other)
	}
}

_off(scope, method) if {
	some setting in input.facts.iis.settings
	setting.name == "enabled"
	_methods[setting.section] == method
	scope in setting.scopes
	lower(setting.value) == "false"
}
