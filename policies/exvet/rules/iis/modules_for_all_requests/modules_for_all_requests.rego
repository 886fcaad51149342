# METADATA
# title: Every managed module asked for every request
# description: >-
#   runAllManagedModulesForAllRequests makes .NET modules see requests for files and native handlers as well.
#   Exchange sets it nowhere; installers of products that sign users in or filter requests do, and leave it
#   behind. It slows the application down and lets its modules see more than Exchange meant them to.
# related_resources:
#   - ref: https://learn.microsoft.com/iis/configuration/system.webserver/modules/
# custom:
#   id: EXV-IIS-006
#   stance: review
#   severity: low
#   clause: "-"
#   basis: inference
#   needs: [iis.settings, iis.apps, iis.directories, iis.pools, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Take the attribute out, after looking for the module it was set for.
#   repro: >-
#     Save the web.config, take the attribute out, and test the product that set it.
package exvet.rules.iis.modules_for_all_requests

import data.exvet.iis
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some setting in input.facts.iis.settings
	setting.section == "system.webServer/modules"
	setting.key == "runallmanagedmodulesforallrequests"
	lower(trim_space(setting.value)) == "true"
	some scope in iis.places(setting.scopes)
	finding := {
		"subject": rule.subject(["config", scope, "system.webServer/modules/runAllManagedModulesForAllRequests"]),
		"message": sprintf("runAllManagedModulesForAllRequests=\"%s\" %s", [setting.value, iis.place_text(scope)]),
		"evidence": rule.history(setting, sprintf("runAllManagedModulesForAllRequests=\"%s\"", [setting.value])),
	}
}
