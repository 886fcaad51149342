package exvet.rules.injection.unsigned_print_module_test

import data.exvet.rules.injection.unsigned_print_module

test_findings[name] if {
	some name, want in {
		"healthy": set(),
		"print-expired": {[
			`registry:HKLM\SYSTEM\CurrentControlSet\Control\Print\Monitors\Local Port!Driver`,
			"medium",
		]},
		"print-unsigned": {[
			`registry:HKLM\SYSTEM\CurrentControlSet\Control\Print\Monitors\Local Port!Driver`,
			"high",
		]},
	}
	got := {[finding.subject, finding.severity] |
		some finding in unsigned_print_module.findings
	} with input as data.fixtures[name]
	got == want
}
