package exvet.rules.injection.account_class_test

import data.exvet.rules.injection.account_class

_key_1 := `registry:HKU\S-1-5-18\Software\Classes\CLSID\{A1B2C3D4-0000-4000-8000-00000000ACE1}`

_key_2 := `registry:HKU\S-1-5-20\Software\Classes\CLSID\{A1B2C3D4-0000-4000-8000-00000000ACE1}`

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"com-override": {concat(`\`, [_key_1, "inprocserver32!"])},
		"com-override-network-service": {concat(`\`, [_key_2, "inprocserver32!"])},
		"com-override-local-service": set(),
		"com-override-32bit": set(),
		"com-override-same": set(),
	}
	got := {finding.subject | some finding in account_class.findings} with input as data.fixtures[name]
	got == want
}
