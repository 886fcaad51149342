package exvet.rules.iis.stolen_sign_in_test

import data.exvet.rules.iis.stolen_sign_in

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"logon-foreign-script": {`file:E:\Exchange\FrontEnd\HttpProxy\owa\auth\logon.aspx`},
		"logon-posts": {`file:E:\Exchange\FrontEnd\HttpProxy\owa\auth\15.2.1118\scripts\premium\flogon.js`},
		"logon-writes": {`file:E:\Exchange\FrontEnd\HttpProxy\owa\auth\logon.aspx`},
		"logon-changed": set(),
		"theme-changed": set(),
		"web-shell-auth": set(),
	}
	got := {finding.subject | some finding in stolen_sign_in.findings} with input as data.fixtures[name]
	got == want
}
