package exvet.rules.iis.foreign_rewrite_provider_test

import data.exvet.rules.iis.foreign_rewrite_provider

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"rewrite-provider": {"rewrite:Default Web Site/owa:AcmeMap"},
		"rewrite-elsewhere": set(),
	}
	got := {finding.subject | some finding in foreign_rewrite_provider.findings} with input as data.fixtures[name]
	got == want
}
