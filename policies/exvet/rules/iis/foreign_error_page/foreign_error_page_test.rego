package exvet.rules.iis.foreign_error_page_test

import data.exvet.rules.iis.foreign_error_page

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"error-page": {"config:Default Web Site/owa:httpErrors/404"},
		"error-page-host": {"config:Default Web Site/EWS:httpErrors/500"},
		"error-page-folder": {"config:Default Web Site/EWS:httpErrors/401.1"},
		"error-page-default": set(),
		"error-page-exchange": set(),
		"error-page-elsewhere": set(),
	}
	got := {finding.subject | some finding in foreign_error_page.findings} with input as data.fixtures[name]
	got == want
}
