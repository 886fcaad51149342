package exvet.rules.iis.foreign_managed_module_test

import data.exvet.rules.iis.foreign_managed_module

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"managed-module": {"module:Default Web Site/owa:AcmeGate"},
		"managed-module-server": {
			"module:Default Web Site/:AcmeGate",
			"module:Default Web Site/owa:AcmeGate",
			"module:Default Web Site/ecp:AcmeGate",
			"module:Default Web Site/EWS:AcmeGate",
			"module:Default Web Site/OAB:AcmeGate",
			"module:Exchange Back End/:AcmeGate",
			"module:Exchange Back End/owa:AcmeGate",
			"module:Exchange Back End/EWS:AcmeGate",
			"module:Exchange Back End/Rpc:AcmeGate",
		},
		"managed-module-exchange-name": {"module:Default Web Site/EWS:HttpProxy"},
		"managed-module-exchange-class": {"module:Default Web Site/EWS:AcmeOAuth"},
		"managed-module-unqualified": {"module:Default Web Site/owa:AcmeFba"},
		"malformed-web-config-and-module": {"module:Default Web Site/owa:AcmeGate"},
		"managed-module-elsewhere": set(),
		"native-module": set(),
	}
	got := {finding.subject | some finding in foreign_managed_module.findings} with input as data.fixtures[name]
	got == want
}

test_severity[name] if {
	some name, want in {"managed-module": "high", "managed-module-exchange-name": "critical"}
	got := {finding.severity | some finding in foreign_managed_module.findings} with input as data.fixtures[name]
	got == {want}
}
