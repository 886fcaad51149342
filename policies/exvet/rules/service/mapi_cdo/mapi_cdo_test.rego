package exvet.rules.service.mapi_cdo_test

import data.exvet.rules.service.mapi_cdo

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"mapi-cdo": {`registry:HKLM\SYSTEM\CurrentControlSet\Services\VSS\Providers\{acme}`},
		"vss-provider": set(),
	}
	got := {finding.subject | some finding in mapi_cdo.findings} with input as data.fixtures[name]
	got == want
}
