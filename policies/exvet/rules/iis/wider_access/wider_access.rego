# METADATA
# title: Handlers may do more in an Exchange folder than setup allows
# description: >-
#   The access policy of a folder says whether handlers may read files, run scripts or run the programs a URL
#   names. Setup allows reading and scripts, less in some folders (nothing in the bin folders), and running
#   programs only in owa\auth and for the RPC proxy. Here more is allowed. With Execute, a DLL that lies in the
#   folder can be run from outside unless the list of ISAPI programs forbids it; where that list is open or
#   names a file of the folder, the severity is high.
# related_resources:
#   - ref: https://learn.microsoft.com/iis/configuration/system.webserver/handlers/
# custom:
#   id: EXV-IIS-009
#   stance: review
#   severity: medium
#   clause: "-"
#   basis: inference
#   needs: [iis.settings, iis.isapi_restrictions, iis.apps, iis.directories, iis.pools, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Set accessPolicy back to what setup gives the folder, and look for files there that are not of Exchange.
#   repro: >-
#     Save the configuration with appcmd add backup, set the policy back, and test the product that wanted it.
package exvet.rules.iis.wider_access

import data.exvet.iis
import data.exvet.known
import data.exvet.path
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	path.exchange_root
	some setting in input.facts.iis.settings
	setting.section == "system.webServer/handlers"
	setting.key == "accesspolicy"
	some scope in setting.scopes
	iis.scopes[scope]
	some folder in iis.folders[scope]
	extra := _rights(setting.value) - known.allowed_access(path.token(folder))
	count(extra) > 0
	finding := {
		"subject": rule.subject(["config", scope, "system.webServer/handlers/accessPolicy"]),
		"message": sprintf("accessPolicy=\"%s\" in %s allows %s, which setup does not", [
			setting.value,
			scope,
			concat(" and ", sort(extra)),
		]),
		"severity": _severity(extra, folder),
		"evidence": rule.history(setting, sprintf("accessPolicy=\"%s\"", [setting.value])),
	}
}

# What widens access. The other words of a policy narrow it to local requests.
_rights(policy) := {right | some part in split(lower(policy), ","); right := trim_space(part)} & {
	"read",
	"write",
	"execute",
	"source",
	"script",
}

_severity(extra, folder) := "high" if {
	"execute" in extra
	_runs_programs(folder)
} else := "medium"

_runs_programs(_) if count(iis.open_isapi_lists) > 0

_runs_programs(folder) if {
	some program in iis.foreign_isapi_programs
	path.below(program.path_key, folder)
}
