package exvet.rules.event.pool_account_failure_test

import data.exvet.rules.event.pool_account_failure

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"pool-events": {"event:System/5021", "event:System/5057", "event:System/5059"},
		"pool-events-elsewhere": set(),
	}
	got := {finding.subject | some finding in pool_account_failure.findings} with input as data.fixtures[name]
	got == want
}
