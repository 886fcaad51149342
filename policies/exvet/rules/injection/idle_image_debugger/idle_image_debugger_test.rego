package exvet.rules.injection.idle_image_debugger_test

import data.exvet.rules.injection.idle_image_debugger

_key_1 := `registry:HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Image File Execution Options`

_key_2 := `registry:HKLM\SOFTWARE\Wow6432Node\Microsoft\Windows NT\CurrentVersion\Image File Execution Options`

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"image-debugger-32bit": {concat(`\`, [_key_2, "w3wp.exe!Debugger"])},
		"image-debugger-idle-filter": {concat(`\`, [_key_1, "w3wp.exe!Debugger"])},
		"image-debugger-support": {concat(`\`, [_key_1, "w3wp.exe!Debugger"])},
		"image-debugger": set(),
		"image-debugger-other-filter": set(),
		"image-debugger-elsewhere": set(),
	}
	got := {finding.subject | some finding in idle_image_debugger.findings} with input as data.fixtures[name]
	got == want
}

test_severity[name] if {
	some name, want in {
		"image-debugger-32bit": {"info"},
		"image-debugger-idle-filter": {"low"},
		"image-debugger-support": {"medium"},
	}
	got := {finding.severity | some finding in idle_image_debugger.findings} with input as data.fixtures[name]
	got == want
}
