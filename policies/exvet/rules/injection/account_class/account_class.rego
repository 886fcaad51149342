# METADATA
# title: COM class of an account that Exchange runs as
# description: >-
#   A class registered in the hive of LocalSystem or NetworkService comes before that of the whole server:
#   whatever of Exchange asks for the class loads this file instead. Windows and Exchange register none there.
#   Classes that name the file the server has for them anyway, those of 32-bit programs and those of other
#   accounts are left alone.
# related_resources:
#   - ref: https://attack.mitre.org/techniques/T1546/015/
# custom:
#   id: EXV-INJ-015
#   stance: security
#   severity: high
#   clause: "-"
#   basis: inference
#   needs: [injection.com_overrides]
#   remediation: >-
#     Find out who registered it. Where nobody did, treat it as a compromise: keep the evidence and the file,
#     and follow your incident response before you take it out.
#   repro: >-
#     Export the key with reg export, take the entry out, restart the server or the services, and test again;
#     importing the file puts it back.
package exvet.rules.injection.account_class

import data.exvet.account
import data.exvet.binary
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.injection.com_overrides
	row.account in account.exchange
	row.view == "64"
	row.dll != ""
	not _same(row)
	finding := {
		"subject": rule.subject(["registry", row.ref]),
		"message": binary.tell(row.dll_key, sprintf("for %s the class %s is %s (%s)%s", [
			account.name(row.account),
			row.clsid,
			row.dll,
			row.kind,
			_instead(row.machine_dll_key),
		])),
		"evidence": array.concat([rule.registry(row.ref, row.dll)], binary.evidence(row.dll_key)),
		"binary": row.dll_key,
		"integration": products.file_owner(row.dll_key),
	}
}

_same(row) if {
	row.dll_key != ""
	row.dll_key == row.machine_dll_key
}

_instead("") := ""

_instead(file) := sprintf(", instead of %s", [file]) if file != ""
