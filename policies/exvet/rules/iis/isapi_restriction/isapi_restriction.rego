# METADATA
# title: More ISAPI or CGI programs allowed than Exchange needs
# description: >-
#   The list of ISAPI and CGI programs says which may run on this server at all. Setup leaves six entries and
#   forbids the rest. An entry that is not one of those says that a program is installed, not that an
#   application of Exchange runs it: a handler would be needed too (EXV-IIS-007). A list that allows what it
#   does not name, and an entry for a file in a folder where the programs a URL names are run, have the severity
#   high. Entries that forbid something, and those of the .NET Framework, are not reported.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/configuration/system.webserver/security/isapicgirestriction/
# custom:
#   id: EXV-IIS-012
#   stance: review
#   severity: medium
#   clause: C3
#   basis: inference
#   needs: [iis.isapi_restrictions, iis.settings, iis.apps, iis.directories, iis.pools, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Forbid what the list does not name, take out what no product on this server needs, and move the product
#     that needs an entry to an IIS server of its own.
#   repro: >-
#     Save the configuration with appcmd add backup, set allowed="false" for the entry, and test the product
#     again.
package exvet.rules.iis.isapi_restriction

import data.exvet.binary
import data.exvet.iis
import data.exvet.known
import data.exvet.path
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some program in iis.foreign_isapi_programs
	finding := {
		"subject": rule.subject(["config", "", concat("/", ["isapiCgiRestriction", program.path])]),
		"message": binary.tell(
			program.path_key,
			sprintf("%s (%s) is allowed to run; run by an Exchange pool it would be consistent with clause C3", [
				program.path,
				program.description,
			]),
		),
		"severity": _severity(program),
		"evidence": array.concat([rule.evidence(program, program.path)], binary.evidence(program.path_key)),
		"binary": program.path_key,
		"integration": products.file_owner(program.path_key),
	}
}

findings contains finding if {
	some [setting, scope] in iis.open_isapi_lists
	finding := {
		"subject": rule.subject(["config", scope, concat("/", [setting.section, setting.name])]),
		"message": sprintf(
			"%s=\"%s\" lets any program run; run by an Exchange pool it would be consistent with clause C3",
			[
				setting.name,
				setting.value,
			],
		),
		"severity": "high",
		"evidence": rule.history(setting, sprintf("%s=\"%s\"", [setting.name, setting.value])),
	}
}

_severity(program) := "high" if {
	some folder, rights in known.access
	rights.execute
	path.below(path.token(program.path_key), folder)
} else := "high" if {
	startswith(program.path_key, "*")
} else := "medium"
