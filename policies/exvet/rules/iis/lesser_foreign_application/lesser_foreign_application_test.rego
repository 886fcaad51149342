package exvet.rules.iis.lesser_foreign_application_test

import data.exvet.rules.iis.lesser_foreign_application

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"aspnet-client": {"app:Default Web Site/aspnet_client"},
		"challenge-folder": {"app:Default Web Site/.well-known"},
		"second-owa-app": {"app:Default Web Site/owa2"},
		"second-owa-site": set(),
		"foreign-app": set(),
		"aspnet-client-elsewhere": set(),
	}
	got := {finding.subject | some finding in lesser_foreign_application.findings} with input as data.fixtures[name]
	got == want
}
