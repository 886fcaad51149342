package exvet.rules.event.profiler_test

import data.exvet.rules.event.profiler

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"profiler-events": {"event:Application/1022"},
		"crash-elsewhere": set(),
	}
	got := {finding.subject | some finding in profiler.findings} with input as data.fixtures[name]
	got == want
}

test_severities if {
	got := [finding.severity | some finding in profiler.findings] with input as data.fixtures["profiler-events"]
	sort(got) == ["high", "low", "low", "medium"]
}
