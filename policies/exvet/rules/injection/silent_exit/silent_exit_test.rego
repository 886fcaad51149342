package exvet.rules.injection.silent_exit_test

import data.exvet.rules.injection.silent_exit

_key := `registry:HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\SilentProcessExit`

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"silent-exit": {concat(`\`, [_key, "EdgeTransport.exe!MonitorProcess"])},
		"silent-exit-unflagged": set(),
		"silent-exit-dump": set(),
		"silent-exit-32bit": set(),
		"silent-exit-elsewhere": set(),
	}
	got := {finding.subject | some finding in silent_exit.findings} with input as data.fixtures[name]
	got == want
}
