package exvet.rules.injection.unsigned_lsa_package_test

import data.exvet.rules.injection.unsigned_lsa_package

test_findings[name] if {
	some name, want in {
		"healthy": set(),
		"lsa-signed": set(),
		"lsa-unsigned": {[
			`registry:HKLM\SYSTEM\CurrentControlSet\Control\Lsa!Authentication Packages`,
			"high",
		]},
	}
	got := {[finding.subject, finding.severity] |
		some finding in unsigned_lsa_package.findings
	} with input as data.fixtures[name]
	got == want
}
