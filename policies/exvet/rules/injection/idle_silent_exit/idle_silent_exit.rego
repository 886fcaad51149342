# METADATA
# title: SilentProcessExit of a program of Exchange without effect
# description: >-
#   SilentProcessExit has settings for a program of Exchange, w3wp.exe or powershell.exe that start nothing:
#   GlobalFlag 0x200 is not set for it, no program is named or only dumps are asked for (low), or they are for
#   32-bit programs (info). Microsoft Support sets them to learn why a process ends.
# related_resources:
#   - ref: https://learn.microsoft.com/windows-hardware/drivers/debugger/registry-entries-for-silent-process-exit
# custom:
#   id: EXV-INJ-005B
#   stance: review
#   severity: low
#   clause: "-"
#   basis: inference
#   needs: [injection.silent_exits, injection.ifeo, exchange.root]
#   remediation: >-
#     Ask whether Microsoft Support or an administrator still needs it; if not, take the key out.
#   repro: >-
#     Export the key with reg export, take the entry out, restart the server or the services, and test again;
#     importing the file puts it back.
package exvet.rules.injection.idle_silent_exit

import data.exvet.binary
import data.exvet.injection
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some [row, counts] in injection.silent_exits
	counts in {"off", "bit32"}
	finding := {
		"subject": rule.subject(["registry", row.ref]),
		"message": binary.tell(
			row.monitor_key,
			sprintf("%s is watched as it ends, ReportingMode=%d MonitorProcess=%s, which starts nothing", [
				row.image,
				row.reporting_mode,
				row.monitor,
			]),
		),
		"severity": {"off": "low", "bit32": "info"}[counts],
		"evidence": array.concat(
			[rule.registry(row.ref, sprintf("ReportingMode=%d", [row.reporting_mode]))],
			binary.evidence(row.monitor_key),
		),
		"binary": row.monitor_key,
		"integration": products.file_owner(row.monitor_key),
	}
}
