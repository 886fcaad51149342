# METADATA
# title: Print module that is not of Windows
# description: >-
#   The print spooler loads a monitor, provider or processor that is not of Windows. It runs in the spooler and
#   not in Exchange, where a spooler is seldom needed at all. Files are known by path; signatures are not
#   looked at.
# related_resources:
#   - ref: https://attack.mitre.org/techniques/T1547/010/
# custom:
#   id: EXV-INJ-010
#   stance: review
#   severity: info
#   clause: "-"
#   basis: inference
#   needs: [injection.print_modules]
#   remediation: >-
#     Nothing, if the printer is wanted; else uninstall it, and switch the spooler off.
package exvet.rules.injection.print_module

import data.exvet.binary
import data.exvet.known
import data.exvet.path
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.injection.print_modules
	not known.windows.print[path.token(row.dll_key)]
	finding := {
		"subject": rule.subject(["registry", row.ref]),
		"message": binary.tell(row.dll_key, sprintf("the print spooler loads %s (%s %s)", [row.dll, row.kind, row.name])),
		"evidence": array.concat([rule.registry(row.ref, row.dll)], binary.evidence(row.dll_key)),
		"binary": row.dll_key,
		"integration": products.file_owner(row.dll_key),
	}
}
