package exvet.rules.organisation.smart_host_test

import data.exvet.rules.organisation.smart_host

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"smart-host": {"connector:To Acme"},
		"delivery-connector": set(),
	}
	got := {finding.subject | some finding in smart_host.findings} with input as data.fixtures[name]
	got == want
}
