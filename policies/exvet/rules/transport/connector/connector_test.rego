package exvet.rules.transport.connector_test

import data.exvet.rules.transport.connector

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"delivery-connector": {"connector:Acme Fax"},
		"foreign-connector": {"connector:Acme Drop"},
		"smart-host": set(),
	}
	got := {finding.subject | some finding in connector.findings} with input as data.fixtures[name]
	got == want
}
