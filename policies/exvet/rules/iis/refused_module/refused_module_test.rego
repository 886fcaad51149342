package exvet.rules.iis.refused_module_test

import data.exvet.rules.iis.refused_module

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"refused-module": {"module:Default Web Site/owa/auth:AcmeGate"},
		"refused-handler": {"handler:Default Web Site/EWS:AcmeExt"},
		"refused-native-handler": {"handler:Default Web Site/EWS:AcmeFile"},
		"refused-known-handler": set(),
		"refused-static-handler": set(),
		"refused-filter": set(),
		"managed-module": set(),
	}
	got := {finding.subject | some finding in refused_module.findings} with input as data.fixtures[name]
	got == want
}
