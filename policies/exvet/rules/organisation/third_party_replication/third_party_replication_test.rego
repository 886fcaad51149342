package exvet.rules.organisation.third_party_replication_test

import data.exvet.rules.organisation.third_party_replication

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"third-party-replication": {"group:DAG2"},
	}
	got := {finding.subject | some finding in third_party_replication.findings} with input as data.fixtures[name]
	got == want
}
