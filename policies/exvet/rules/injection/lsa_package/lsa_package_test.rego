package exvet.rules.injection.lsa_package_test

import data.exvet.rules.injection.lsa_package

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"lsa-package": {`registry:HKLM\SYSTEM\CurrentControlSet\Control\Lsa!Notification Packages`},
		"lsa-package-elsewhere": {`registry:HKLM\SYSTEM\CurrentControlSet\Control\Lsa!Security Packages`},
	}
	got := {finding.subject | some finding in lsa_package.findings} with input as data.fixtures[name]
	got == want
}
