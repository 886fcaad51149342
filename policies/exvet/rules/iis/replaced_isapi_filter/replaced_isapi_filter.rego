# METADATA
# title: Filter under the file name of one of Exchange's, or not signed
# description: >-
#   Exchange has two ISAPI filters, owaauth.dll and AirFilter.dll, in folders of its own. A filter with one of
#   these file names in another folder passes for them: the OwaAuth backdoor came this way and collected
#   passwords. So does a file in the right place that Microsoft did not sign. Without the file the second half is
#   unknown. The case of a path and the variables it is written with do not count. A copy that Microsoft signed,
#   in another folder, and a file that is gone are medium.
# related_resources:
#   - ref: https://attack.mitre.org/software/S0072/
#   - ref: https://learn.microsoft.com/iis/configuration/system.webserver/isapifilters/
# custom:
#   id: EXV-IIS-011
#   stance: security
#   severity: critical
#   clause: "-"
#   basis: inference
#   needs: [iis.filters, exchange.root, binaries.iis]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Treat it as a possible compromise: isolate the server, keep the file with its times and hash as
#     evidence, and follow your incident response. Do not just delete it.
#   repro: >-
#     Keep a copy of the file and of the configuration before anything is changed.
package exvet.rules.iis.replaced_isapi_filter

import data.exvet.binary
import data.exvet.known
import data.exvet.path
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	path.exchange_root
	some filter in input.facts.iis.filters
	path.base(filter.path_key) in _names
	not known.baseline.filters[path.token(filter.path_key)]
	some scope in filter.scopes
	finding := {
		"subject": rule.subject(["filter", scope, filter.name]),
		"message": binary.tell(filter.path_key, sprintf("filter %s is %s, and Exchange's %s lies elsewhere", [
			filter.name,
			filter.path,
			path.base(filter.path_key),
		])),
		"severity": object.get({"microsoft": "medium"}, binary.trust(filter.path_key), "critical"),
		"evidence": array.concat(rule.history(filter, filter.path), binary.evidence(filter.path_key)),
		"binary": filter.path_key,
		"integration": products.file_owner(filter.path_key),
	}
}

findings contains finding if {
	path.exchange_root
	some filter in input.facts.iis.filters
	file := path.token(filter.path_key)
	startswith(file, "{exchange}")
	known.baseline.filters[file]
	severity := _severity[binary.trust(filter.path_key)]
	some scope in filter.scopes
	finding := {
		"subject": rule.subject(["filter", scope, filter.name]),
		"message": sprintf("filter %s of Exchange is %s, %s", [
			filter.name,
			filter.path,
			binary.said(filter.path_key),
		]),
		"severity": severity,
		"evidence": array.concat(rule.history(filter, filter.path), binary.evidence(filter.path_key)),
		"binary": filter.path_key,
		"integration": products.file_owner(filter.path_key),
	}
}

_severity := {
	"signed": "critical",
	"unsigned": "critical",
	"bad": "critical",
	"untrusted": "critical",
	"absent": "medium",
}

# The file names of Exchange's own filters.
_names := {path.base(file) |
	some file, _ in known.baseline.filters
	startswith(file, "{exchange}")
}
