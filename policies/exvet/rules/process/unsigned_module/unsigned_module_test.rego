package exvet.rules.process.unsigned_module_test

import data.exvet.rules.process.unsigned_module

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"processes-usual": set(),
		"module-unsigned": {["process:MSExchangeOWAAppPool:hook64.dll", "critical"]},
		"module-changed": {["process:MSExchangeOWAAppPool:hook64.dll", "critical"]},
		"module-untrusted": {["process:MSExchangeOWAAppPool:hook64.dll", "high"]},
		"module-signed": set(),
		"module-unknown": set(),
		"module-compiled": set(),
		"module-compiled-name": {
			["process:MSExchangeOWAAppPool:Acme.ni.dll", "critical"],
			["process:MSExchangeOWAAppPool:App_Web_k3x9.dll", "critical"],
		},
		"module-compiled-signed": set(),
		"module-compiled-unsigned": {["process:MSExchangeOWAAppPool:Acme.ni.dll", "critical"]},
		"module-compiled-unknown": set(),
		"module-compiled-planted": {["process:MSExchangeOWAAppPool:App_Web_k3x9.dll", "critical"]},
		"module-compiled-gone": {["process:MSExchangeOWAAppPool:App_Web_k3x9.dll", "critical"]},
		"module-agent": set(),
		"module-elsewhere": set(),
	}
	got := {[finding.subject, finding.severity] |
		some finding in unsigned_module.findings
	} with input as data.fixtures[name]
	got == want
}
