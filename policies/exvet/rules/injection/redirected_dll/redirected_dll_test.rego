package exvet.rules.injection.redirected_dll_test

import data.exvet.rules.injection.redirected_dll

_key := `registry:HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Image File Execution Options`

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"redirected-dll": {concat(`\`, [_key, "w3wp.exe!DevOverrideEnable"])},
		"image-debugger": set(),
	}
	got := {finding.subject | some finding in redirected_dll.findings} with input as data.fixtures[name]
	got == want
}
