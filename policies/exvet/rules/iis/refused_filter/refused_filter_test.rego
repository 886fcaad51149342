package exvet.rules.iis.refused_filter_test

import data.exvet.rules.iis.refused_filter

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"refused-filter": {"filter:Default Web Site/EWS:AcmeFilter"},
		"refused-module": set(),
		"isapi-filter": set(),
	}
	got := {finding.subject | some finding in refused_filter.findings} with input as data.fixtures[name]
	got == want
}
