package exvet.rules.process.foreign_module_test

import data.exvet.rules.process.foreign_module

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"processes-usual": set(),
		"module-signed": {
			["process:MSExchangeOWAAppPool:hook64.dll", "high"],
			["process:EdgeTransport.exe:hook64.dll", "high"],
		},
		"module-recognised": {["process:MSExchangeOWAAppPool:umppc12345.dll", "medium"]},
		"module-borrowed-product": {["process:MSExchangeOWAAppPool:umppc12345.dll", "high"]},
		"module-recognised-crashed": {["process:MSExchangeOWAAppPool:umppc12345.dll", "high"]},
		"module-unsigned": set(),
		"module-unknown": set(),
		"module-microsoft": set(),
		"module-for-others": {["process:MSExchangeOWAAppPool:acmedrv.dll", "high"]},
		"module-brought": set(),
		"module-filter": set(),
		"module-filter-elsewhere": {["process:MSExchangeOWAAppPool:vspdf.dll", "high"]},
		"module-compiled": set(),
		"module-compiled-signed": {["process:MSExchangeOWAAppPool:Acme.ni.dll", "high"]},
		"module-compiled-unsigned": set(),
		"module-amsi": set(),
		"module-amsi-beside": set(),
		"module-amsi-without": {["process:MSExchangeOWAAppPool:acmeamsi.dll", "high"]},
		"module-amsi-hook": {["process:MSExchangeOWAAppPool:hook64.dll", "high"]},
		"module-elsewhere": set(),
	}
	got := {[finding.subject, finding.severity] |
		some finding in foreign_module.findings
	} with input as data.fixtures[name]
	got == want
}
