# METADATA
# title: Debugger for programs that crash or hang
# description: >-
#   A debugger starts when any program of this server crashes or hangs. Microsoft Support often installs
#   procdump for that. It runs beside the program, and stops it for as long as it works. One for 32-bit
#   programs, and DLLs of other makers that Windows Error Reporting loads into its own process, not into the
#   program, are info. Folders for dumps are left alone.
# related_resources:
#   - ref: https://learn.microsoft.com/windows/win32/debug/configuring-automatic-debugging
# custom:
#   id: EXV-INJ-008
#   stance: review
#   severity: medium
#   clause: "-"
#   basis: inference
#   needs: [injection.debuggers]
#   remediation: >-
#     Ask whether Microsoft Support or an administrator still needs it; if not, uninstall it (procdump -u).
#   repro: >-
#     Export the key with reg export, take the entry out, restart the server or the services, and test again;
#     importing the file puts it back.
package exvet.rules.injection.crash_debugger

import data.exvet.binary
import data.exvet.injection
import data.exvet.path
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.injection.debuggers
	[what, severity] := _what(row)
	finding := {
		"subject": rule.subject(["registry", row.ref]),
		"message": binary.tell(row.path_key, sprintf(what, [row.command])),
		"severity": severity,
		"evidence": array.concat([rule.registry(row.ref, row.command)], binary.evidence(row.path_key)),
		"binary": row.path_key,
		"integration": products.file_owner(row.path_key),
	}
}

_what(row) := ["%s starts when a 32-bit program crashes", "info"] if {
	row.kind == "ae_debug"
	row.view != "64"
} else := ["%s starts when a program crashes", "medium"] if {
	row.kind in {"ae_debug", "ae_debug_protected"}
	path.token(row.path_key) != `{windir}\system32\drwtsn32.exe`
} else := ["%s starts when a program hangs", "medium"] if {
	row.kind == "hang"
} else := ["Windows Error Reporting loads %s", "info"] if {
	row.kind == "exception_module"
	not injection.windows(row.path_key)
}
