# METADATA
# title: Log of an Exchange site switched off
# description: >-
#   IIS keeps no log of the requests of a site or path of Exchange, or its logging module is not registered.
#   Setup leaves the log on. Without it nobody can tell afterwards who asked for what; switching it off is a
#   common step of an intrusion, and sometimes a misplaced saving of disk space.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/configuration/system.webserver/httplogging
# custom:
#   id: EXV-IIS-053B
#   stance: review
#   severity: medium
#   clause: "-"
#   basis: inference
#   needs: [iis.sites, iis.settings, iis.global_modules, iis.apps, iis.directories, iis.pools, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Switch the log on again, and find out who switched it off and when.
#   alternative: >-
#     A shorter life of the log files, or another disk for them.
#   repro: >-
#     Switch the log on: nothing depends on its being off.
package exvet.rules.iis.log_off

import data.exvet.iis
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some site in input.facts.iis.sites
	site.name in iis.sites
	not site.log_enabled
	finding := {
		"subject": rule.subject(["config", site.name, "logFile/enabled"]),
		"message": sprintf("the log of site %s is off (enabled=\"false\")", [site.name]),
		"evidence": [rule.evidence(site, `enabled="false"`)],
	}
}

findings contains finding if {
	some setting in input.facts.iis.settings
	setting.section == "system.webServer/httpLogging"
	setting.name == "dontLog"
	lower(setting.value) == "true"
	some place in iis.places(setting.scopes)
	finding := {
		"subject": rule.subject(["config", place, "httpLogging/dontLog"]),
		"message": sprintf("requests are not logged (dontLog=\"%s\") %s", [setting.value, iis.place_text(place)]),
		"evidence": rule.history(setting, sprintf("dontLog=\"%s\"", [setting.value])),
	}
}

findings contains finding if {
	count(iis.apps) > 0
	first := input.facts.iis.global_modules[0]
	every module in input.facts.iis.global_modules {
		module.key != "httploggingmodule"
	}
	finding := {
		"subject": rule.subject(["global-module", "HttpLoggingModule"]),
		"message": "HttpLoggingModule is not among the native modules: IIS writes no log",
		"evidence": [rule.evidence(first, "globalModules")],
	}
}
