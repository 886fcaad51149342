package exvet.rules.injection.minifilter_test

import data.exvet.rules.injection.minifilter

_key := `registry:HKLM\SYSTEM\CurrentControlSet\Services\AcmeGuard\Instances`

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"minifilter": {`registry:HKLM\SYSTEM\CurrentControlSet\Services\AcmeGuard\Instances\AcmeGuard Instance!Altitude`},
		"minifilter-odd": {concat(`\`, [_key, "AcmeGuard Instance!Altitude"])},
	}
	got := {finding.subject | some finding in minifilter.findings} with input as data.fixtures[name]
	got == want
}
