package exvet.rules.event.foreign_fault_test

import data.exvet.rules.event.foreign_fault

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"foreign-crash": {"event:Application/1000", "event:Application/1026"},
		"crash-elsewhere": set(),
		"blocked-impersonation": set(),
	}
	got := {finding.subject | some finding in foreign_fault.findings} with input as data.fixtures[name]
	got == want
}

test_severity if {
	got := {[finding.subject, finding.severity] |
		some finding in foreign_fault.findings
	} with input as data.fixtures["foreign-crash"]
	got == {
		["event:Application/1000", "high"],
		["event:Application/1000", "low"],
		["event:Application/1026", "high"],
	}
}
