package exvet.rules.injection.crash_debugger_test

import data.exvet.rules.injection.crash_debugger

_key_1 := `registry:HKLM\SOFTWARE\Microsoft\Windows\Windows Error Reporting\RuntimeExceptionHelperModules!D:\Acme`

_key_2 := `registry:HKLM\SOFTWARE\Wow6432Node\Microsoft\Windows NT\CurrentVersion`

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"crash-debugger": {`registry:HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\AeDebug!Debugger`},
		"crash-debugger-32bit": {concat(`\`, [_key_2, "AeDebug!Debugger"])},
		"exception-module": {concat(`\`, [_key_1, "wer.dll"])},
		"hang-debugger": {`registry:HKLM\SOFTWARE\Microsoft\Windows\Windows Error Reporting\Hangs!Debugger`},
	}
	got := {finding.subject | some finding in crash_debugger.findings} with input as data.fixtures[name]
	got == want
}

test_severity[name] if {
	some name, want in {
		"crash-debugger": {"medium"},
		"crash-debugger-32bit": {"info"},
		"exception-module": {"info"},
		"hang-debugger": {"medium"},
	}
	got := {finding.severity | some finding in crash_debugger.findings} with input as data.fixtures[name]
	got == want
}
