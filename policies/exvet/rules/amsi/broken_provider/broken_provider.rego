# METADATA
# title: AMSI provider that does not work or is not what it says
# description: >-
#   A provider of the antimalware scan interface (AMSI) is registered and its class names no DLL, so that the
#   product does not scan what it seems to (low), or the class of Defender names a file outside of Defender's
#   folders, so that another file may have taken its place (medium). Providers that work are supported (EXV-
#   SUP-010); those of 32-bit programs do not matter to Exchange.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/antispam-and-antimalware/amsi-integration-with-exchange
# custom:
#   id: EXV-INJ-014
#   stance: review
#   severity: low
#   clause: "-"
#   basis: inference
#   needs: [amsi.providers]
#   remediation: >-
#     Repair or uninstall the product. Where the class of Defender names a file nobody knows, treat it as a
#     possible compromise.
package exvet.rules.amsi.broken_provider

import data.exvet.amsi
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.amsi.providers
	row.view == "64"
	[why, severity] := _broken(row)
	finding := {
		"subject": rule.subject(["registry", row.ref]),
		"message": sprintf("the AMSI provider %s %s", [_name(row), why]),
		"severity": severity,
		"evidence": [rule.registry(row.server_ref, row.dll)],
		"binary": row.dll_key,
		"integration": products.file_owner(row.dll_key),
	}
}

_broken(row) := ["names no DLL: nothing is scanned by it", "low"] if {
	not row.registered
} else := [sprintf("is Defender's class and loads %s", [row.dll]), "medium"] if {
	row.key == amsi.defender
	not amsi.of_defender(row)
}

_name(row) := row.name if {
	row.name != ""
} else := row.clsid
