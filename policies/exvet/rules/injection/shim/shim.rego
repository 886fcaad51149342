# METADATA
# title: Compatibility fixes for a program of Exchange
# description: >-
#   A custom database of compatibility fixes is registered for a program of Exchange, w3wp.exe or
#   powershell.exe. Such fixes patch the program as it starts and may load a DLL into it. Databases for other
#   programs, and those of 32-bit programs, are left alone.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://attack.mitre.org/techniques/T1546/011/
# custom:
#   id: EXV-INJ-007
#   stance: unsupported
#   severity: high
#   clause: C5
#   basis: inference
#   needs: [injection.shims]
#   remediation: >-
#     Uninstall the database with sdbinst -u and restart the program. Where nobody knows of such a product,
#     treat it as a possible compromise and keep the evidence.
#   alternative: >-
#     Scanning through AMSI, transport agents, EWS or Graph, which need no code in processes of Exchange.
#   repro: >-
#     Export the key with reg export, take the entry out, restart the server or the services, and test again;
#     importing the file puts it back.
package exvet.rules.injection.shim

import data.exvet.injection
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.injection.shims
	row.kind == "image"
	row.view == "64"
	injection.image(row.image_key)
	finding := {
		"subject": rule.subject(["registry", row.ref]),
		"message": sprintf("the fixes of %s are applied to %s; consistent with clause C5", [_database(row), row.image]),
		"evidence": [rule.registry(row.ref, row.name)],
		"binary": _file(row),
		"integration": products.file_owner(_file(row)),
	}
}

_installed(row) := [base |
	some base in input.facts.injection.shims
	base.kind == "database"
	lower(base.name) == trim_suffix(lower(row.name), ".sdb")
]

_database(row) := _installed(row)[0].path if {
	count(_installed(row)) > 0
} else := row.name

_file(row) := _installed(row)[0].path_key if {
	count(_installed(row)) > 0
} else := ""
