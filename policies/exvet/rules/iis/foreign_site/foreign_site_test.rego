package exvet.rules.iis.foreign_site_test

import data.exvet.rules.iis.foreign_site

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"site-on-back-end-port": {"site:Acme"},
		"site-on-front-end-port": {"site:Acme"},
		"site-with-host-name": {"site:Acme"},
		"site-on-host-name-of-exchange": {"site:Acme"},
		"site-on-other-port": set(),
		"site-of-another-protocol": set(),
		"foreign-site": set(),
		"second-owa-site": set(),
	}
	got := {finding.subject | some finding in foreign_site.findings} with input as data.fixtures[name]
	got == want
}

test_severity[name] if {
	some name, want in {
		"site-on-back-end-port": "high",
		"site-on-front-end-port": "medium",
		"site-with-host-name": "low",
		"site-on-host-name-of-exchange": "medium",
	}
	got := {finding.severity | some finding in foreign_site.findings} with input as data.fixtures[name]
	got == {want}
}
