package exvet.rules.injection.app_cert_dll_test

import data.exvet.rules.injection.app_cert_dll

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"app-cert": {`registry:HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\AppCertDlls!Acme`},
	}
	got := {finding.subject | some finding in app_cert_dll.findings} with input as data.fixtures[name]
	got == want
}
