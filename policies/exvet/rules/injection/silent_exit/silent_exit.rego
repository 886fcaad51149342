# METADATA
# title: Program started when a program of Exchange ends
# description: >-
#   SilentProcessExit starts a program of its own each time a program of Exchange, w3wp.exe or powershell.exe
#   ends, and GlobalFlag 0x200 switches it on: a road to run code unseen that survives restarts. Without the
#   flag, or without a program, it is only worth a look (EXV-INJ-005B).
# related_resources:
#   - ref: https://attack.mitre.org/techniques/T1546/012/
#   - ref: https://learn.microsoft.com/windows-hardware/drivers/debugger/registry-entries-for-silent-process-exit
# custom:
#   id: EXV-INJ-005
#   stance: security
#   severity: high
#   clause: "-"
#   basis: inference
#   needs: [injection.silent_exits, injection.ifeo, exchange.root]
#   remediation: >-
#     Find out who set it. Where nobody did, treat it as a compromise: keep the evidence and the file, and
#     follow your incident response before you take it out.
#   repro: >-
#     Export the key with reg export, take the entry out, restart the server or the services, and test again;
#     importing the file puts it back.
package exvet.rules.injection.silent_exit

import data.exvet.binary
import data.exvet.injection
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some [row, "on"] in injection.silent_exits
	ref := injection.value(row.ref, "MonitorProcess")
	finding := {
		"subject": rule.subject(["registry", ref]),
		"message": binary.tell(row.monitor_key, sprintf("%s is started each time %s ends", [row.monitor, row.image])),
		"evidence": array.concat([rule.registry(ref, row.monitor)], binary.evidence(row.monitor_key)),
		"binary": row.monitor_key,
		"integration": products.file_owner(row.monitor_key),
	}
}
