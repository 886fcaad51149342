package exvet.rules.iis.app_domain_manager_test

import data.exvet.rules.iis.app_domain_manager

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"clr-manager": {`file:E:\Exchange\bin\Acme.config`},
		"clr-manager-elsewhere": set(),
		"clr-impersonation": set(),
	}
	got := {finding.subject | some finding in app_domain_manager.findings} with input as data.fixtures[name]
	got == want
}
