# METADATA
# title: Credential provider that is not of Windows
# description: >-
#   A credential provider or filter whose file does not lie below the folder of Windows takes part in logon at
#   the console and by Remote Desktop, as products for multi-factor authentication do. It runs in the logon
#   screen, not in Exchange.
# related_resources:
#   - ref: https://learn.microsoft.com/windows/win32/secauthn/credential-providers-in-windows
# custom:
#   id: EXV-INJ-013
#   stance: review
#   severity: info
#   clause: "-"
#   basis: inference
#   needs: [injection.credential_providers]
#   remediation: >-
#     Nothing, if the product is wanted.
package exvet.rules.injection.credential_provider

import data.exvet.binary
import data.exvet.injection
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.injection.credential_providers
	row.dll_key != ""
	not injection.windows(row.dll_key)
	finding := {
		"subject": rule.subject(["registry", row.ref]),
		"message": binary.tell(row.dll_key, sprintf("the logon screen loads %s (%s, %s)", [row.dll, row.name, row.kind])),
		"evidence": array.concat([rule.registry(row.ref, row.dll)], binary.evidence(row.dll_key)),
		"binary": row.dll_key,
		"integration": products.file_owner(row.dll_key),
	}
}
