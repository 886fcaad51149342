package exvet.rules.iis.nested_application_test

import data.exvet.rules.iis.nested_application

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"foreign-app-own-pool": {"app:Default Web Site/acmeportal"},
		"foreign-app": set(),
		"second-owa-app": set(),
		"second-owa-site": set(),
		"moved-root": set(),
		"moved-pool": set(),
		"foreign-site": set(),
		"exchange-root-unknown": set(),
	}
	got := {finding.subject | some finding in nested_application.findings} with input as data.fixtures[name]
	got == want
}
