package exvet.rules.injection.idle_silent_exit_test

import data.exvet.rules.injection.idle_silent_exit

_key_1 := `registry:HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\SilentProcessExit`

_key_2 := `registry:HKLM\SOFTWARE\Wow6432Node\Microsoft\Windows NT\CurrentVersion\SilentProcessExit`

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"silent-exit-32bit": {concat(`\`, [_key_2, "w3wp.exe"])},
		"silent-exit-dump": {concat(`\`, [_key_1, "EdgeTransport.exe"])},
		"silent-exit-unflagged": {concat(`\`, [_key_1, "EdgeTransport.exe"])},
		"silent-exit": set(),
		"silent-exit-elsewhere": set(),
	}
	got := {finding.subject | some finding in idle_silent_exit.findings} with input as data.fixtures[name]
	got == want
}

test_severity[name] if {
	some name, want in {
		"silent-exit-32bit": {"info"},
		"silent-exit-dump": {"low"},
		"silent-exit-unflagged": {"low"},
	}
	got := {finding.severity | some finding in idle_silent_exit.findings} with input as data.fixtures[name]
	got == want
}
