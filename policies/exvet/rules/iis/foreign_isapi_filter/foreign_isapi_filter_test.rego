package exvet.rules.iis.foreign_isapi_filter_test

import data.exvet.rules.iis.foreign_isapi_filter

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"isapi-filter": {"filter:Default Web Site:AcmeFilter"},
		"isapi-filter-inherited": {"filter:Exchange Back End:AcmeFilter"},
		"isapi-filter-server": set(),
		"isapi-filter-32bit": set(),
		"isapi-filter-disabled": set(),
	}
	got := {finding.subject | some finding in foreign_isapi_filter.findings} with input as data.fixtures[name]
	got == want
}
