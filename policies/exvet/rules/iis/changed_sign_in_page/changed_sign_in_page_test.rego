package exvet.rules.iis.changed_sign_in_page_test

import data.exvet.rules.iis.changed_sign_in_page

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"logon-changed": {`file:E:\Exchange\FrontEnd\HttpProxy\owa\auth\logon.aspx`},
		"logon-updated": set(),
		"theme-changed": set(),
		"sign-in-page": {"config:Default Web Site/owa/auth/logon.aspx:location"},
		"web-folder-auth": set(),
	}
	got := {finding.subject | some finding in changed_sign_in_page.findings} with input as data.fixtures[name]
	got == want
}
