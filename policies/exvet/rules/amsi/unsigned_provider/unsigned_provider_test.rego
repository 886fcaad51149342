package exvet.rules.amsi.unsigned_provider_test

import data.exvet.rules.amsi.unsigned_provider

test_findings[name] if {
	some name, want in {
		"healthy": set(),
		"amsi-signed": set(),
		"amsi-unsigned": {[
			`registry:HKLM\SOFTWARE\Classes\CLSID\{2781761E-28E0-4109-99FE-B9D127C57AFE}\InprocServer32!`,
			"high",
		]},
	}
	got := {[finding.subject, finding.severity] |
		some finding in unsigned_provider.findings
	} with input as data.fixtures[name]
	got == want
}
