package exvet.process_test

import data.exvet.process

test_exchange[name] if {
	some name, want in {
		"healthy": {"MSExchangeOWAAppPool", "MSExchangeTransport.exe", "EdgeTransport.exe"},
		"worker-account-renamed-pool": {"MSExchangeOWAAppPool", "AcmePool", "MSExchangeTransport.exe", "EdgeTransport.exe"},
		"worker-account-elsewhere": {"MSExchangeOWAAppPool", "MSExchangeTransport.exe", "EdgeTransport.exe"},
		"process-service-program": {"MSExchangeOWAAppPool", "EdgeTransport.exe"},
	}
	got := {label | some label in process.exchange} with input as data.fixtures[name]
	got == want
}

test_named[name] if {
	some name, want in {"worker": "w3wp.exe (MSExchangeOWAAppPool)", "service": "MSExchangeTransport.exe"}
	row := data.fixtures.healthy.facts.processes.list[{"worker": 0, "service": 2}[name]]
	process.named(row) == want with input as data.fixtures.healthy
}

test_program if {
	process.program({"command_line": "a -b", "image": "C:\\a.exe", "name": "a.exe"}) == "a -b"
	process.program({"command_line": "", "image": "C:\\a.exe", "name": "a.exe"}) == "C:\\a.exe"
	process.program({"command_line": "", "image": "", "name": "a.exe"}) == "a.exe"
}
