package exvet.rules.iis.idle_global_module_test

import data.exvet.rules.iis.idle_global_module

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"native-module-32bit": {"global-module:AcmeGate32"},
		"native-module-classic": {"global-module:AcmeOld"},
		"native-module-webdav": {"global-module:WebDAVModule"},
		"native-module": set(),
		"native-module-32bit-pool": set(),
		"masquerade-file": set(),
	}
	got := {finding.subject | some finding in idle_global_module.findings} with input as data.fixtures[name]
	got == want
}
