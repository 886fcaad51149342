package exvet.rules.event.module_added_test

import data.exvet.rules.event.module_added

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"change-events": {"event:Microsoft-Windows-IIS-Configuration/Operational/29"},
	}
	got := {finding.subject | some finding in module_added.findings} with input as data.fixtures[name]
	got == want
}

test_names if {
	got := [finding.message | some finding in module_added.findings] with input as data.fixtures["change-events"]
	count(got) == 2
	every message in got {
		regex.match(`AcmeGate|AcmeNative`, message)
	}
}
