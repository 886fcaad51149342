# METADATA
# title: Network provider that is not of Windows
# description: >-
#   A network provider that Windows does not bring is told the password at each interactive logon. It runs in
#   the processes of logon, not in Exchange, and is no injection into it. One that is registered and not in
#   ProviderOrder is not used (low). A provider with a name of Windows counts as its own only with its file.
# related_resources:
#   - ref: https://attack.mitre.org/techniques/T1556/008/
# custom:
#   id: EXV-INJ-012
#   stance: review
#   severity: medium
#   clause: "-"
#   basis: inference
#   needs: [injection.network_providers]
#   remediation: >-
#     Check who made the file and who needs it on a mail server. Where nobody knows, treat it as a possible
#     compromise.
#   repro: >-
#     Export the key with reg export, take the entry out, restart the server or the services, and test again;
#     importing the file puts it back.
package exvet.rules.injection.network_provider

import data.exvet.binary
import data.exvet.known
import data.exvet.path
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.injection.network_providers
	row.dll != ""
	not known.windows.network_providers[row.key][path.token(row.dll_key)]
	finding := {
		"subject": rule.subject(["registry", row.ref]),
		"message": binary.tell(
			row.dll_key,
			sprintf("the network provider %s (%s) %s", [row.name, row.dll, _hears(row.order)]),
		),
		"severity": _severity(row.order),
		"evidence": array.concat([rule.registry(row.ref, row.dll)], binary.evidence(row.dll_key)),
		"binary": row.dll_key,
		"integration": products.file_owner(row.dll_key),
	}
}

_hears(order) := "is told passwords at logon" if {
	order >= 0
} else := "is registered and not used"

_severity(order) := "medium" if {
	order >= 0
} else := "low"
