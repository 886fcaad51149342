package exvet.rules.iis.moved_exchange_application_test

import data.exvet.rules.iis.moved_exchange_application

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"moved-pool": {"app:Default Web Site/OAB"},
		"moved-folder": {"app:Default Web Site/EWS"},
		"moved-root-folder": {"app:Default Web Site/"},
		"pool-renamed": {"app:Default Web Site/EWS"},
		"moved-root": set(),
		"second-owa-site": set(),
		"second-owa-app": set(),
		"foreign-site": set(),
		"exchange-2013": set(),
	}
	got := {finding.subject | some finding in moved_exchange_application.findings} with input as data.fixtures[name]
	got == want
}
