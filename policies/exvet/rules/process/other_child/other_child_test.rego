package exvet.rules.process.other_child_test

import data.exvet.rules.process.other_child

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"child-unknown": {"process:MSExchangeOWAAppPool:helper.exe"},
		"child-shell": set(),
		"child-usual": set(),
		"child-elsewhere": set(),
	}
	got := {finding.subject | some finding in other_child.findings} with input as data.fixtures[name]
	got == want
}
