package exvet.rules.process.service_program_test

import data.exvet.rules.process.service_program

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"processes-usual": set(),
		"process-worker-program": {"process:MSExchangeECPAppPool:w3wp.exe"},
		"process-worker-32bit": set(),
		"process-service-program": {"process:MSExchangeTransport.exe:MSExchangeTransport"},
		"process-service-other-program": {"process:MSExchangeTransport.exe:MSExchangeTransport"},
		"process-not-in-service": set(),
		"process-service-unsigned": {"process:MSExchangeTransport.exe:MSExchangeTransport"},
		"process-service-changed": {"process:MSExchangeTransport.exe:MSExchangeTransport"},
		"process-worker-signed": {"process:MSExchangeOWAAppPool:w3wp.exe"},
		"process-programs-microsoft": set(),
		"process-programs-unseen": set(),
		"worker-account-elsewhere": set(),
	}
	got := {finding.subject | some finding in service_program.findings} with input as data.fixtures[name]
	got == want
}

# Whose a program is stands in the message; a program that is elsewhere is named for that.
test_messages[name] if {
	some name, want in {
		"process-service-unsigned": "where Microsoft's program belongs, not signed",
		"process-worker-signed": "where Microsoft's program belongs, signed by Acme Ltd",
		"process-worker-program": "not w3wp.exe of IIS",
	}
	got := {finding.message | some finding in service_program.findings} with input as data.fixtures[name]
	count(got) == 1
	some message in got
	endswith(message, want)
}
