package exvet.rules.event.untrusted_worker_test

import data.exvet.rules.event.untrusted_worker

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"pool-events": {"event:System/5127"},
		"pool-events-elsewhere": set(),
	}
	got := {finding.subject | some finding in untrusted_worker.findings} with input as data.fixtures[name]
	got == want
}
