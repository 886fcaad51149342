package exvet.rules.organisation.extension_script_test

import data.exvet.rules.organisation.extension_script

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"extension-script": {"extension:MailboxProvisioning/OnComplete"},
	}
	got := {finding.subject | some finding in extension_script.findings} with input as data.fixtures[name]
	got == want
}
