package exvet.rules.injection.idle_app_init_dll_test

import data.exvet.rules.injection.idle_app_init_dll

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"app-init-32bit": {`registry:HKLM\SOFTWARE\Wow6432Node\Microsoft\Windows NT\CurrentVersion\Windows!AppInit_DLLs`},
		"app-init-disabled": {`registry:HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Windows!AppInit_DLLs`},
		"app-init-secure-boot": {`registry:HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Windows!AppInit_DLLs`},
		"app-init": set(),
		"app-init-unsigned": set(),
	}
	got := {finding.subject | some finding in idle_app_init_dll.findings} with input as data.fixtures[name]
	got == want
}

test_severity[name] if {
	some name, want in {
		"app-init-32bit": {"info"},
		"app-init-disabled": {"low"},
		"app-init-secure-boot": {"low"},
	}
	got := {finding.severity | some finding in idle_app_init_dll.findings} with input as data.fixtures[name]
	got == want
}
