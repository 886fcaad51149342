package exvet.rules.iis.replaced_isapi_filter_test

import data.exvet.rules.iis.replaced_isapi_filter

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"filter-name-elsewhere": {"filter:Default Web Site:OWA Cookies"},
		"filter-name-longer-folder": {"filter:Exchange Back End:Air"},
		"isapi-filter": set(),
		"exchange-root-unknown": set(),
	}
	got := {finding.subject | some finding in replaced_isapi_filter.findings} with input as data.fixtures[name]
	got == want
}
