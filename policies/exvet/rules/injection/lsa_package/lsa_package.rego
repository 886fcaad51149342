# METADATA
# title: Package of LSA that is not of Windows
# description: >-
#   A security, authentication or notification package, or an extension, that Windows does not bring runs in
#   lsass.exe, the process that knows every password: a password filter, single sign-on or multi-factor
#   authentication. It does not run in Exchange and is no injection into it. Which names are of Windows is
#   knowledge; signatures are not looked at.
# related_resources:
#   - ref: https://learn.microsoft.com/windows/win32/secauthn/lsa-authentication
#   - ref: https://attack.mitre.org/techniques/T1547/005/
# custom:
#   id: EXV-INJ-011
#   stance: review
#   severity: medium
#   clause: "-"
#   basis: inference
#   needs: [injection.lsa_packages]
#   remediation: >-
#     Check who made the file and who needs it on a mail server. Where nobody knows, treat it as a possible
#     compromise.
#   repro: >-
#     Export the key with reg export, take the entry out, restart the server or the services, and test again;
#     importing the file puts it back.
package exvet.rules.injection.lsa_package

import data.exvet.binary
import data.exvet.known
import data.exvet.path
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.injection.lsa_packages
	not _stock(row)
	finding := {
		"subject": rule.subject(["registry", row.ref]),
		"message": binary.tell(
			row.dll_key,
			sprintf("lsass.exe loads %s (%s package)", [row.name, replace(row.kind, "_", " ")]),
		),
		"evidence": array.concat([rule.registry(row.ref, row.name)], binary.evidence(row.dll_key)),
		"binary": row.dll_key,
		"integration": products.file_owner(row.dll_key),
	}
}

# By its name and its folder: one of Windows' names in another folder is not of Windows.
_stock(row) if {
	path.dir(path.token(row.dll_key)) == `{windir}\system32`
	some name in [lower(row.name), trim_suffix(lower(row.name), ".dll"), path.base(row.dll_key)]
	known.windows.lsa[row.kind][name]
}
