package exvet.rules.organisation.mail_rule_test

import data.exvet.rules.organisation.mail_rule

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"mail-rule": {"mail-rule:Disclaimer"},
	}
	got := {finding.subject | some finding in mail_rule.findings} with input as data.fixtures[name]
	got == want
}
