package exvet.rules.iis.dangling_module_test

import data.exvet.rules.iis.dangling_module

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"module-dangling": {"module:Default Web Site/owa:AcmeGone"},
		"module-dangling-server": {"module::AcmeGone"},
		"module-dangling-elsewhere": set(),
		"native-module": set(),
		"managed-module": set(),
		"token-cache-removed": set(),
	}
	got := {finding.subject | some finding in dangling_module.findings} with input as data.fixtures[name]
	got == want
}
