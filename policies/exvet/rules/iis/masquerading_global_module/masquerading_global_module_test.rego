package exvet.rules.iis.masquerading_global_module_test

import data.exvet.rules.iis.masquerading_global_module

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"masquerade-name": {"global-module:exppw"},
		"masquerade-longer-folder": {"global-module:kerbauth"},
		"masquerade-file": {"global-module:AcmeCache"},
		"native-module": set(),
		"native-module-borrowed-name": set(),
		"exchange-root-unknown": set(),
	}
	got := {finding.subject | some finding in masquerading_global_module.findings} with input as data.fixtures[name]
	got == want
}
