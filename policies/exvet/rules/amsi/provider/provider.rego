# METADATA
# title: Antimalware product integrated through AMSI
# description: >-
#   A security product scans requests to Exchange through the antimalware scan interface (AMSI), the supported
#   way. Its DLL is expected in the worker processes of Exchange 2016 CU21, 2019 CU10 and later. Defender,
#   which comes with Windows, is not named. Whether the file is signed is not looked at.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/exchange/antispam-and-antimalware/amsi-integration-with-exchange
# custom:
#   id: EXV-SUP-010
#   stance: supported
#   severity: info
#   clause: S
#   basis: inference
#   needs: [amsi.providers]
#   remediation: >-
#     Nothing: this is the supported way. Keep the product current.
package exvet.rules.amsi.provider

import data.exvet.amsi
import data.exvet.binary
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.amsi.providers
	row.view == "64"
	row.registered
	row.key != amsi.defender
	finding := {
		"subject": rule.subject(["registry", row.ref]),
		"message": binary.tell(row.dll_key, sprintf("%s scans through AMSI (%s)", [_name(row), row.dll])),
		"evidence": array.concat([rule.registry(row.server_ref, row.dll)], binary.evidence(row.dll_key)),
		"binary": row.dll_key,
		"integration": _product(row),
	}
}

_name(row) := row.name if {
	row.name != ""
} else := row.clsid

# What nobody knows is grouped by its file, where somebody signed that.
_product(row) := products.owner("amsi", row.key, row.dll_key) if {
	products.owner("amsi", row.key, row.dll_key) != ""
} else := row.name if {
	binary.signer(row.dll_key) == ""
} else := ""
