# METADATA
# title: DLL loaded into every process by AppInit_DLLs
# description: >-
#   Windows loads the DLLs of AppInit_DLLs into every process that uses user32.dll, which processes of Exchange
#   and the worker processes of IIS do. The list counts while LoadAppInit_DLLs is not 0 and Secure Boot is off;
#   a list that does not count, and that of 32-bit programs, is only worth a look (EXV-INJ-001B). Where
#   RequireSignedAppInit_DLLs is 0, any file may stand in the list: it is critical.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/windows/win32/dlls/secure-boot-and-appinit-dlls
#   - ref: https://attack.mitre.org/techniques/T1546/010/
# custom:
#   id: EXV-INJ-001
#   stance: unsupported
#   severity: high
#   clause: C5
#   basis: inference
#   needs: [injection.app_init, injection.settings]
#   remediation: >-
#     Have the vendor leave the processes of Exchange out of it, or uninstall the product from this server, and
#     restart the services. Where nobody knows of such a product, treat it as a possible compromise and keep
#     the evidence.
#   alternative: >-
#     Scanning through AMSI, transport agents, EWS or Graph, which need no code in processes of Exchange.
#   repro: >-
#     Set LoadAppInit_DLLs to 0, restart the server, check that the DLL is not among the modules of an Exchange
#     process, and test again; setting it back undoes it.
package exvet.rules.injection.app_init_dll

import data.exvet.binary
import data.exvet.injection
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	not injection.secure_boot
	some row in input.facts.injection.app_init
	row.view == "64"
	row.enabled
	finding := {
		"subject": rule.subject(["registry", row.ref]),
		"message": binary.tell(
			row.dll_key,
			sprintf("AppInit_DLLs loads %s into every process with user32.dll%s; consistent with clause C5", [
				row.dll,
				_signed[row.require_signed],
			]),
		),
		"severity": {true: "high", false: "critical"}[row.require_signed],
		"evidence": array.concat([rule.registry(row.ref, row.dll)], binary.evidence(row.dll_key)),
		"binary": row.dll_key,
		"integration": products.file_owner(row.dll_key),
	}
}

_signed := {true: "", false: ", signed or not"}
