# METADATA
# title: AMSI provider that nobody signed
# description: >-
#   Windows loads a provider of the antimalware scan interface into every program that asks for a scan, the worker
#   processes of Exchange among them. One that is not signed, or was changed after it was signed, is no antivirus
#   product to be trusted. A signature that leads to nobody this server trusts, or has expired, is medium.
# related_resources:
#   - ref: https://attack.mitre.org/techniques/T1547/
# custom:
#   id: EXV-INJ-014B
#   stance: security
#   severity: high
#   clause: "-"
#   basis: inference
#   needs: [amsi.providers, binaries.amsi]
#   roles: []
#   remediation: >-
#     Treat it as a possible compromise: isolate the server, keep the file with its times and hash as
#     evidence, and follow your incident response. Do not just delete it.
#   repro: >-
#     Keep a copy of the file and of the configuration before anything is changed.
package exvet.rules.amsi.unsigned_provider

import data.exvet.binary
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.amsi.providers
	binary.unproven(row.dll_key)
	finding := {
		"subject": rule.subject(["registry", row.server_ref]),
		"message": sprintf("the AMSI provider %s is %s, %s", [row.clsid, row.dll, binary.said(row.dll_key)]),
		"severity": binary.severity(row.dll_key),
		"evidence": array.concat([rule.registry(row.server_ref, row.dll)], binary.evidence(row.dll_key)),
		"binary": row.dll_key,
		"integration": products.file_owner(row.dll_key),
	}
}
