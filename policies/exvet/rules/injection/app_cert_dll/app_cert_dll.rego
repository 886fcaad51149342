# METADATA
# title: DLL loaded by AppCertDlls
# description: >-
#   Windows loads the DLLs below Session Manager\AppCertDlls into every process that starts another one, as the
#   health manager, transport and the search of Exchange do. The key does not exist on a server as Windows
#   leaves it.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://attack.mitre.org/techniques/T1546/009/
# custom:
#   id: EXV-INJ-002
#   stance: unsupported
#   severity: high
#   clause: C5
#   basis: inference
#   needs: [injection.app_cert_dlls]
#   remediation: >-
#     Have the vendor leave the processes of Exchange out of it, or uninstall the product from this server, and
#     restart the services. Where nobody knows of such a product, treat it as a possible compromise and keep
#     the evidence.
#   alternative: >-
#     Scanning through AMSI, transport agents, EWS or Graph, which need no code in processes of Exchange.
#   repro: >-
#     Export the key with reg export, take the entry out, restart the server or the services, and test again;
#     importing the file puts it back.
package exvet.rules.injection.app_cert_dll

import data.exvet.binary
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.injection.app_cert_dlls
	finding := {
		"subject": rule.subject(["registry", row.ref]),
		"message": binary.tell(
			row.dll_key,
			sprintf("AppCertDlls loads %s (%s) into every process that starts another; consistent with clause C5", [
				row.dll,
				row.name,
			]),
		),
		"evidence": array.concat([rule.registry(row.ref, row.dll)], binary.evidence(row.dll_key)),
		"binary": row.dll_key,
		"integration": products.file_owner(row.dll_key),
	}
}
