# METADATA
# title: Module of the print spooler that nobody signed
# description: >-
#   Monitors, providers and processors are loaded by the print spooler, which runs as LocalSystem beside Exchange and
#   not in it. One that is not signed, or was changed after it was signed, is a known way to stay on a server. A
#   signature that leads to nobody this server trusts, or has expired, is medium.
# related_resources:
#   - ref: https://attack.mitre.org/techniques/T1547/
# custom:
#   id: EXV-INJ-010B
#   stance: security
#   severity: high
#   clause: "-"
#   basis: inference
#   needs: [injection.print_modules, binaries.injection]
#   roles: []
#   remediation: >-
#     Treat it as a possible compromise: isolate the server, keep the file with its times and hash as
#     evidence, and follow your incident response. Do not just delete it.
#   repro: >-
#     Keep a copy of the file and of the configuration before anything is changed.
package exvet.rules.injection.unsigned_print_module

import data.exvet.binary
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.injection.print_modules
	binary.unproven(row.dll_key)
	finding := {
		"subject": rule.subject(["registry", row.ref]),
		"message": sprintf(
			"the print spooler loads %s (%s %s), %s",
			[row.dll, row.kind, row.name, binary.said(row.dll_key)],
		),
		"severity": binary.severity(row.dll_key),
		"evidence": array.concat([rule.registry(row.ref, row.dll)], binary.evidence(row.dll_key)),
		"binary": row.dll_key,
		"integration": products.file_owner(row.dll_key),
	}
}
