package exvet.rules.injection.app_init_dll_test

import data.exvet.rules.injection.app_init_dll

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"app-init": {`registry:HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Windows!AppInit_DLLs`},
		"app-init-unsigned": {`registry:HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Windows!AppInit_DLLs`},
		"app-init-disabled": set(),
		"app-init-secure-boot": set(),
		"app-init-32bit": set(),
	}
	got := {finding.subject | some finding in app_init_dll.findings} with input as data.fixtures[name]
	got == want
}

test_severity[name] if {
	some name, want in {
		"app-init": {"high"},
		"app-init-unsigned": {"critical"},
	}
	got := {finding.severity | some finding in app_init_dll.findings} with input as data.fixtures[name]
	got == want
}
