# METADATA
# title: Verifier DLL loaded into a program of Exchange
# description: >-
#   With the flag of the application verifier (GlobalFlag 0x100) Windows loads the VerifierDlls of Image File
#   Execution Options into the program before anything else. One of these DLLs, set for a program of Exchange,
#   w3wp.exe or powershell.exe, is not one of the verifier of Windows. Windows' own, and DLLs without the flag,
#   are only worth a look (EXV-INJ-004B).
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/windows-hardware/drivers/debugger/gflags-flag-table
#   - ref: https://attack.mitre.org/techniques/T1546/012/
# custom:
#   id: EXV-INJ-004
#   stance: unsupported
#   severity: high
#   clause: C5
#   basis: inference
#   needs: [injection.ifeo, exchange.root]
#   remediation: >-
#     Take VerifierDlls and the flag out and restart the program. Where nobody knows of such a product, treat
#     it as a possible compromise and keep the evidence.
#   alternative: >-
#     Scanning through AMSI, transport agents, EWS or Graph, which need no code in processes of Exchange.
#   repro: >-
#     Export the key with reg export, take the entry out, restart the server or the services, and test again;
#     importing the file puts it back.
package exvet.rules.injection.verifier_dll

import data.exvet.binary
import data.exvet.injection
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some [row, _, "on"] in injection.options
	injection.verified(row)
	some at, key in row.verifier_dll_keys
	not injection.stock_verifier(key)
	ref := injection.value(row.ref, "VerifierDlls")
	finding := {
		"subject": rule.subject(["registry", ref]),
		"message": binary.tell(
			key,
			sprintf("the verifier loads %s into %s; consistent with clause C5", [row.verifier_dlls[at], row.image]),
		),
		"evidence": array.concat(
			[
				rule.registry(ref, row.verifier_dlls[at]),
				rule.registry(injection.value(row.ref, "GlobalFlag"), injection.hexadecimal(row.global_flag)),
			],
			binary.evidence(key),
		),
		"binary": key,
		"integration": products.file_owner(key),
	}
}
