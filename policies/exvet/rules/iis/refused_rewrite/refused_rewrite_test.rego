package exvet.rules.iis.refused_rewrite_test

import data.exvet.rules.iis.refused_rewrite

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"refused-rewrite": {"rewrite:Default Web Site/EWS:AcmeProxy"},
		"refused-module": set(),
		"rewrite-elsewhere": set(),
	}
	got := {finding.subject | some finding in refused_rewrite.findings} with input as data.fixtures[name]
	got == want
}
