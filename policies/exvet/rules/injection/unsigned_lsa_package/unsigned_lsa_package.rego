# METADATA
# title: Package of the logon process that nobody signed
# description: >-
#   What lsass.exe loads sees every logon and its password. A package that is not signed, was changed after it was
#   signed, or bears the name of Microsoft without being its, is looked at first when a server may be compromised. It
#   does not run inside Exchange. A signature that leads to nobody this server trusts, or has expired, is medium.
# related_resources:
#   - ref: https://attack.mitre.org/techniques/T1547/
# custom:
#   id: EXV-INJ-011B
#   stance: security
#   severity: high
#   clause: "-"
#   basis: inference
#   needs: [injection.lsa_packages, binaries.injection]
#   roles: []
#   remediation: >-
#     Treat it as a possible compromise: isolate the server, keep the file with its times and hash as
#     evidence, and follow your incident response. Do not just delete it.
#   repro: >-
#     Keep a copy of the file and of the configuration before anything is changed.
package exvet.rules.injection.unsigned_lsa_package

import data.exvet.binary
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.injection.lsa_packages
	binary.unproven(row.dll_key)
	finding := {
		"subject": rule.subject(["registry", row.ref]),
		"message": sprintf("lsass.exe loads %s (%s), %s", [row.name, row.dll_key, binary.said(row.dll_key)]),
		"severity": binary.severity(row.dll_key),
		"evidence": array.concat([rule.registry(row.ref, row.name)], binary.evidence(row.dll_key)),
		"binary": row.dll_key,
		"integration": products.file_owner(row.dll_key),
	}
}
