package exvet.rules.injection.verifier_dll_test

import data.exvet.rules.injection.verifier_dll

_key := `registry:HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Image File Execution Options`

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"verifier": {concat(`\`, [_key, "w3wp.exe!VerifierDlls"])},
		"verifier-windows": set(),
		"verifier-unflagged": set(),
		"page-heap": set(),
	}
	got := {finding.subject | some finding in verifier_dll.findings} with input as data.fixtures[name]
	got == want
}
