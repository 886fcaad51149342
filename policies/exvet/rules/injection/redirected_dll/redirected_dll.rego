# METADATA
# title: DLLs of a program of Exchange may be redirected
# description: >-
#   DevOverrideEnable below Image File Execution Options lets a folder or manifest beside a program of
#   Exchange, w3wp.exe or powershell.exe replace the DLLs it asks for. It is a setting for developers. Whether
#   such a folder is there is not looked at.
# related_resources:
#   - ref: https://learn.microsoft.com/windows/win32/dlls/dynamic-link-library-redirection
# custom:
#   id: EXV-INJ-031
#   stance: review
#   severity: high
#   clause: "-"
#   basis: inference
#   needs: [injection.ifeo, exchange.root]
#   remediation: >-
#     Take the value out, restart the program, and look for a folder or file ending in .local beside it.
#   repro: >-
#     Export the key with reg export, take the entry out, restart the server or the services, and test again;
#     importing the file puts it back.
package exvet.rules.injection.redirected_dll

import data.exvet.injection
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some [row, _, "on"] in injection.options
	row.dev_override
	ref := injection.value(row.ref, "DevOverrideEnable")
	finding := {
		"subject": rule.subject(["registry", ref]),
		"message": sprintf("DevOverrideEnable lets %s take DLLs from beside it", [row.image]),
		"evidence": [rule.registry(ref, "1")],
	}
}
