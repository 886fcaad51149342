package exvet.rules.iis.unsigned_global_module_test

import data.exvet.rules.iis.unsigned_global_module

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"native-module-no-image": {"global-module:AcmeNone"},
		"native-module-share": {"global-module:AcmeShare"},
		"native-module-variable": set(),
		"native-module": set(),
	}
	got := {finding.subject | some finding in unsigned_global_module.findings} with input as data.fixtures[name]
	got == want
}
