package exvet.rules.organisation.hybrid_ews_test

import data.exvet.rules.organisation.hybrid_ews

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"hybrid": {"hybrid:Hybrid Configuration"},
	}
	got := {finding.subject | some finding in hybrid_ews.findings} with input as data.fixtures[name]
	got == want
}
