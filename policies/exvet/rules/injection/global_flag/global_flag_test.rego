package exvet.rules.injection.global_flag_test

import data.exvet.rules.injection.global_flag

_key_1 := `registry:HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Image File Execution Options`

_key_2 := `registry:HKLM\SOFTWARE\Wow6432Node\Microsoft\Windows NT\CurrentVersion\Image File Execution Options`

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"global-flag": {`registry:HKLM\SYSTEM\CurrentControlSet\Control\Session Manager!GlobalFlag`},
		"page-heap": {concat(`\`, [_key_1, "MSExchangeRepl.exe"])},
		"page-heap-32bit": {concat(`\`, [_key_2, "MSExchangeRepl.exe"])},
		"verifier-unflagged": {concat(`\`, [_key_1, "w3wp.exe"])},
		"verifier-windows": {concat(`\`, [_key_1, "w3wp.exe"])},
		"verifier": set(),
		"silent-exit": set(),
	}
	got := {finding.subject | some finding in global_flag.findings} with input as data.fixtures[name]
	got == want
}

test_severity[name] if {
	some name, want in {
		"global-flag": {"medium"},
		"page-heap": {"medium"},
		"page-heap-32bit": {"info"},
		"verifier-unflagged": {"medium"},
		"verifier-windows": {"medium"},
	}
	got := {finding.severity | some finding in global_flag.findings} with input as data.fixtures[name]
	got == want
}
