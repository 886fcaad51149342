package exvet.rules.iis.idle_classic_type_test

import data.exvet.rules.iis.idle_classic_type

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"classic-module-idle": {"config:Default Web Site/EWS:system.web/httpModules/AcmeGate"},
		"classic-module": set(),
		"classic-handler-known": set(),
		"wcf-inspector": set(),
	}
	got := {finding.subject | some finding in idle_classic_type.findings} with input as data.fixtures[name]
	got == want
}
