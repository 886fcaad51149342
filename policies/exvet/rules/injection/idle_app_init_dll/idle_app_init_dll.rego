# METADATA
# title: AppInit_DLLs that do not count for Exchange
# description: >-
#   AppInit_DLLs names DLLs, and nothing loads them into processes of Exchange: LoadAppInit_DLLs is 0, or
#   Secure Boot is on (low), or the list is that of 32-bit programs, of which Exchange has none (info). One
#   setting, or Secure Boot switched off, would wake them.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/windows/win32/dlls/secure-boot-and-appinit-dlls
# custom:
#   id: EXV-INJ-001B
#   stance: review
#   severity: low
#   clause: C5
#   basis: inference
#   needs: [injection.app_init, injection.settings]
#   remediation: >-
#     Find the product that left the entry, and take it out when it is not used.
#   repro: >-
#     Export the key with reg export, take the entry out, restart the server or the services, and test again;
#     importing the file puts it back.
package exvet.rules.injection.idle_app_init_dll

import data.exvet.binary
import data.exvet.injection
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.injection.app_init
	[why, severity] := _idle(row)
	finding := {
		"subject": rule.subject(["registry", row.ref]),
		"message": binary.tell(
			row.dll_key,
			sprintf("AppInit_DLLs names %s, not loaded: %s; consistent with clause C5 if it were", [row.dll, why]),
		),
		"severity": severity,
		"evidence": array.concat([rule.registry(row.ref, row.dll)], binary.evidence(row.dll_key)),
		"binary": row.dll_key,
		"integration": products.file_owner(row.dll_key),
	}
}

_idle(row) := ["it is for 32-bit programs", "info"] if {
	row.view != "64"
} else := ["LoadAppInit_DLLs is 0", "low"] if {
	not row.enabled
} else := ["Secure Boot is on", "low"] if injection.secure_boot
