# METADATA
# title: Debugger set for a program of Exchange
# description: >-
#   A Debugger below Image File Execution Options is started in place of the program it is set for, with the
#   program as its argument. It is set here for a program of Exchange (critical), or for w3wp.exe or
#   powershell.exe, which run code of Exchange (high). Keys that hold only mitigation options are harmless and
#   left alone, as are those of other programs, filters for another folder and those of 32-bit programs.
#   Debuggers that support engineers install are only worth a question (EXV-INJ-003B).
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://attack.mitre.org/techniques/T1546/012/
# custom:
#   id: EXV-INJ-003
#   stance: unsupported
#   severity: critical
#   clause: C5
#   basis: inference
#   needs: [injection.ifeo, exchange.root]
#   remediation: >-
#     Take the value Debugger out and restart the program. Where nobody knows of such a product, treat it as a
#     possible compromise and keep the evidence.
#   alternative: >-
#     Dumps by Windows Error Reporting or managed availability, which replace no program.
#   repro: >-
#     Export the key with reg export, take the entry out, restart the server or the services, and test again;
#     importing the file puts it back.
package exvet.rules.injection.image_debugger

import data.exvet.binary
import data.exvet.injection
import data.exvet.known
import data.exvet.path
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some [row, kind, "on"] in injection.options
	row.debugger != ""
	not known.windows.debuggers[path.base(row.debugger_key)]
	ref := injection.value(row.ref, "Debugger")
	finding := {
		"subject": rule.subject(["registry", ref]),
		"message": binary.tell(
			row.debugger_key,
			sprintf("%s starts in place of %s; consistent with clause C5", [row.debugger, row.image]),
		),
		"severity": {"exchange": "critical", "host": "high"}[kind],
		"evidence": array.concat([rule.registry(ref, row.debugger)], binary.evidence(row.debugger_key)),
		"binary": row.debugger_key,
		"integration": products.file_owner(row.debugger_key),
	}
}
