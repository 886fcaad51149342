# METADATA
# title: Debugger set for a program of Exchange, by support or without effect
# description: >-
#   A Debugger below Image File Execution Options for a program of Exchange, w3wp.exe or powershell.exe that
#   has the name of a tool support engineers install (procdump, the just-in-time debugger: medium), or that
#   counts for nothing: set for 32-bit programs (info), or in a filter while UseFilter is not set (low). A name
#   can be borrowed, so ask who installed it.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://attack.mitre.org/techniques/T1546/012/
# custom:
#   id: EXV-INJ-003B
#   stance: review
#   severity: medium
#   clause: C5
#   basis: inference
#   needs: [injection.ifeo, exchange.root]
#   remediation: >-
#     Ask whether Microsoft Support or an administrator still needs it; if not, take the value out.
#   repro: >-
#     Export the key with reg export, take the entry out, restart the server or the services, and test again;
#     importing the file puts it back.
package exvet.rules.injection.idle_image_debugger

import data.exvet.binary
import data.exvet.injection
import data.exvet.known
import data.exvet.path
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some [row, _, _] in injection.options
	row.debugger != ""
	[why, severity] := _why(row)
	ref := injection.value(row.ref, "Debugger")
	finding := {
		"subject": rule.subject(["registry", ref]),
		"message": binary.tell(
			row.debugger_key,
			sprintf("%s is the debugger of %s: %s; consistent with clause C5 where it runs", [
				row.debugger,
				row.image,
				why,
			]),
		),
		"severity": severity,
		"evidence": array.concat([rule.registry(ref, row.debugger)], binary.evidence(row.debugger_key)),
		"binary": row.debugger_key,
		"integration": products.file_owner(row.debugger_key),
	}
}

_why(row) := ["it is for 32-bit programs", "info"] if {
	row.view != "64"
} else := ["no filter counts without UseFilter", "low"] if {
	_ignored(row)
} else := ["a tool of support by its name", "medium"] if known.windows.debuggers[path.base(row.debugger_key)]

_ignored(row) if {
	row.filtered
	not row.use_filter
}
