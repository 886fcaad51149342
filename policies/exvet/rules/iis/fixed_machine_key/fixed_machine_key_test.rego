package exvet.rules.iis.fixed_machine_key_test

import data.exvet.rules.iis.fixed_machine_key

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"machine-key": {"config:Exchange Back End/owa:system.web/machineKey"},
		"machine-key-generated": set(),
		"machine-key-elsewhere": set(),
	}
	got := {finding.subject | some finding in fixed_machine_key.findings} with input as data.fixtures[name]
	got == want
}
