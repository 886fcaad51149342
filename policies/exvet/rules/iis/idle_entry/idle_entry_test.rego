package exvet.rules.iis.idle_entry_test

import data.exvet.rules.iis.idle_entry

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"module-idle-bitness": {"module:Default Web Site/owa:AcmeGate"},
		"module-idle-runtime": {"module:Default Web Site/owa:AcmeGate"},
		"module-idle-isapi-mode": {"module:Default Web Site/owa:AcmeGate"},
		"module-idle-one-pool": {"module:Default Web Site/owa:AcmeGate"},
		"module-idle-classic-pool": {"module:Default Web Site/owa:AcmeGate"},
		"module-idle-unmanaged-pool": {"module:Default Web Site/owa:AcmeGate"},
		"handler-idle": {"handler:Default Web Site/EWS:AcmeExt"},
		"handler-idle-program": {"handler:Default Web Site/EWS:AcmeExt"},
		"managed-module": set(),
		"managed-handler": set(),
		"isapi-handler": set(),
		"module-isapi-mode-pool": set(),
	}
	got := {finding.subject | some finding in idle_entry.findings} with input as data.fixtures[name]
	got == want
}
