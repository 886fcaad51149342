package exvet.rules.process.service_program_test

import data.exvet.rules.process.service_program

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"process-worker-program": {"process:MSExchangeECPAppPool:w3wp.exe"},
		"process-worker-32bit": set(),
		"process-service-program": {"process:MSExchangeTransport.exe:MSExchangeTransport"},
		"process-service-other-program": {"process:MSExchangeTransport.exe:MSExchangeTransport"},
		"process-not-in-service": set(),
		"worker-account-elsewhere": set(),
	}
	got := {finding.subject | some finding in service_program.findings} with input as data.fixtures[name]
	got == want
}
