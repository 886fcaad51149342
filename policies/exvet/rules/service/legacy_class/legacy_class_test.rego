package exvet.rules.service.legacy_class_test

import data.exvet.rules.service.legacy_class

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"legacy-class": {`registry:HKLM\SYSTEM\CurrentControlSet\Services\VSS\Providers\{acme}`},
		"vss-provider": set(),
	}
	got := {finding.subject | some finding in legacy_class.findings} with input as data.fixtures[name]
	got == want
}
