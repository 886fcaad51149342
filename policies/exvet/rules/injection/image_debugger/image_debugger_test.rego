package exvet.rules.injection.image_debugger_test

import data.exvet.rules.injection.image_debugger

_key_1 := `registry:HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Image File Execution Options`

_key_2 := `registry:HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Image File Execution Options\w3wp.exe`

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"image-debugger": {concat(`\`, [_key_1, "w3wp.exe!Debugger"])},
		"image-debugger-exchange": {concat(`\`, [_key_1, "EdgeTransport.exe!Debugger"])},
		"image-debugger-filter": {concat(`\`, [_key_2, "0!Debugger"])},
		"image-debugger-32bit": set(),
		"image-debugger-idle-filter": set(),
		"image-debugger-other-filter": set(),
		"image-debugger-elsewhere": set(),
		"image-debugger-support": set(),
	}
	got := {finding.subject | some finding in image_debugger.findings} with input as data.fixtures[name]
	got == want
}

test_severity[name] if {
	some name, want in {
		"image-debugger": {"high"},
		"image-debugger-exchange": {"critical"},
		"image-debugger-filter": {"high"},
	}
	got := {finding.severity | some finding in image_debugger.findings} with input as data.fixtures[name]
	got == want
}
