package exvet.rules.iis.idle_isapi_filter_test

import data.exvet.rules.iis.idle_isapi_filter

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"isapi-filter-server": {"filter::AcmeFilter"},
		"isapi-filter-32bit": {"filter:Default Web Site:AcmeFilter"},
		"isapi-filter-inherited": set(),
		"isapi-filter": set(),
		"isapi-filter-disabled": set(),
	}
	got := {finding.subject | some finding in idle_isapi_filter.findings} with input as data.fixtures[name]
	got == want
}
