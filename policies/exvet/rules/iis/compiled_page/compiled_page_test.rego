package exvet.rules.iis.compiled_page_test

import data.exvet.rules.iis.compiled_page

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"web-page-compiled": {"file:/owa/auth/gone.aspx"},
		"web-shell-auth": set(),
	}
	got := {finding.subject | some finding in compiled_page.findings} with input as data.fixtures[name]
	got == want
}
