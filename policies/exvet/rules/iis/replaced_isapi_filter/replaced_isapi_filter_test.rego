package exvet.rules.iis.replaced_isapi_filter_test

import data.exvet.rules.iis.replaced_isapi_filter

test_findings[name] if {
	some name, want in {
		"healthy": set(),
		"isapi-filter": set(),
		"exchange-root-unknown": set(),
		"filter-name-elsewhere": {["filter:Default Web Site:OWA Cookies", "critical"]},
		"filter-name-longer-folder": {["filter:Exchange Back End:Air", "critical"]},
		"filter-unsigned": {["filter:Default Web Site:Exchange OWA Cookie Authentication ISAPI Filter", "critical"]},
		"filter-of-another": {["filter:Default Web Site:Exchange OWA Cookie Authentication ISAPI Filter", "critical"]},
	}
	got := {[finding.subject, finding.severity] |
		some finding in replaced_isapi_filter.findings
	} with input as data.fixtures[name]
	got == want
}
