package exvet.rules.iis.foreign_classic_type_test

import data.exvet.rules.iis.foreign_classic_type

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"classic-module": {"config:Default Web Site/EWS:system.web/httpModules/AcmeGate"},
		"classic-module-idle": set(),
		"classic-handler-known": set(),
		"managed-module": set(),
	}
	got := {finding.subject | some finding in foreign_classic_type.findings} with input as data.fixtures[name]
	got == want
}
