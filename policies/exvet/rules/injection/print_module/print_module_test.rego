package exvet.rules.injection.print_module_test

import data.exvet.rules.injection.print_module

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"print-module": {`registry:HKLM\SYSTEM\CurrentControlSet\Control\Print\Monitors\Acme Port!Driver`},
	}
	got := {finding.subject | some finding in print_module.findings} with input as data.fixtures[name]
	got == want
}
