package exvet.rules.iis.isapi_restriction_test

import data.exvet.rules.iis.isapi_restriction

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"isapi-restriction": {`config::isapiCgiRestriction/D:\Acme\acmeext.dll`},
		"isapi-restriction-auth": {`config::isapiCgiRestriction/E:\Exchange\FrontEnd\HttpProxy\owa\auth\acme.dll`},
		"isapi-restriction-all": {"config::isapiCgiRestriction/*.dll"},
		"isapi-list-open": {"config::system.webServer/security/isapiCgiRestriction/notListedCgisAllowed"},
		"isapi-restriction-denied": set(),
		"isapi-restriction-framework": set(),
	}
	got := {finding.subject | some finding in isapi_restriction.findings} with input as data.fixtures[name]
	got == want
}

test_severity[name] if {
	some name, want in {
		"isapi-restriction": "medium",
		"isapi-restriction-auth": "high",
		"isapi-restriction-all": "high",
		"isapi-list-open": "high",
	}
	got := {finding.severity | some finding in isapi_restriction.findings} with input as data.fixtures[name]
	got == {want}
}
