package exvet.rules.iis.foreign_application_test

import data.exvet.rules.iis.foreign_application

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"foreign-app": {"app:Default Web Site/acmeportal"},
		"foreign-site": {"app:Acme/"},
		"foreign-virtual-directory": {"app:Default Web Site/acme"},
		"aspnet-client-elsewhere": {"app:Default Web Site/aspnet_client"},
		"foreign-app-own-pool": set(),
		"aspnet-client": set(),
		"challenge-folder": set(),
		"second-owa-app": set(),
		"second-owa-site": set(),
		"moved-folder": set(),
		"exchange-2013": set(),
	}
	got := {finding.subject | some finding in foreign_application.findings} with input as data.fixtures[name]
	got == want
}
