package exvet.rules.injection.shim_test

import data.exvet.rules.injection.shim

_key := `registry:HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\AppCompatFlags\Custom`

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"shim": {concat(`\`, [_key, "MSExchangeTransport.exe!{0d1a}.sdb"])},
		"shim-32bit": set(),
		"shim-elsewhere": set(),
	}
	got := {finding.subject | some finding in shim.findings} with input as data.fixtures[name]
	got == want
}
