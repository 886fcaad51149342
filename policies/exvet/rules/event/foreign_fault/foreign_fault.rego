# METADATA
# title: Process of Exchange ended in foreign code
# description: >-
#   A process of Exchange crashed, and Windows names a module outside the folders of Windows and Exchange,
#   or .NET a stack with foreign code on it. It shows that the code was loaded; where a process faults is
#   not who is guilty, as memory may have been damaged long before. Modules of Windows such as ntdll.dll
#   say nothing and are left out, and so is foreign code in the folder of Windows, which only its
#   signature would tell. A worker process whose pool no event tells counts as low.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/windows/win32/wer/windows-error-reporting
# custom:
#   id: EXV-EVT-003
#   stance: review
#   severity: high
#   clause: C5
#   basis: inference
#   needs: [events.crashes, exchange.root, iis.apps, iis.pools]
#   remediation: >-
#     Find the product the module belongs to. Have its vendor keep it out of Exchange's processes: an
#     exclusion from hooking and exploit prevention, not from scanning.
#   alternative: >-
#     Scanning through AMSI or a transport agent.
#   repro: >-
#     Turn the feature that loads the module off, restart the process, as modules stay loaded until then,
#     list its modules, and watch for this event.
package exvet.rules.event.foreign_fault

import data.exvet.event
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some key in {_key(row) | some row in input.facts.events.crashes}
	rows := [row | some row in input.facts.events.crashes; _key(row) == key]
	[_, process, code, severity] := key
	finding := {
		"subject": event.subject(rows[0]),
		"message": sprintf("%s ended in foreign code, %s, %s; %s; consistent with clause C5, injected code", [
			process,
			code,
			event.seen(rows),
			"it is where it faulted, not who is guilty",
		]),
		"severity": severity,
		"evidence": [event.evidence(row, code) | some row in rows],
		"binary": _binary(rows[0]),
		"integration": products.file_owner(_binary(rows[0])),
	}
}

_key(row) := [row.id, _process(row), _code(row), _severity(row)]

_code(row) := row.module_path if {
	event.foreign_folder(row.module_path_key)
} else := event.foreign_frames(row.frames)[0]

_severity(row) := "high" if {
	event.exchange_process(row)
} else := "low" if {
	event.worker_process(row)
	row.pool_key == ""
}

_process(row) := row.application if {
	row.pool == ""
} else := sprintf("%s (%s)", [row.application, row.pool])

_binary(row) := row.module_path_key if {
	event.foreign_folder(row.module_path_key)
} else := ""
