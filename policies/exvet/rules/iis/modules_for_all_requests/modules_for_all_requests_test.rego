package exvet.rules.iis.modules_for_all_requests_test

import data.exvet.rules.iis.modules_for_all_requests

test_subjects[name] if {
	subject := "config:Default Web Site/owa:system.webServer/modules/runAllManagedModulesForAllRequests"
	some name, want in {
		"healthy": set(),
		"modules-for-all-requests": {subject},
		"modules-for-all-requests-off": set(),
	}
	got := {finding.subject | some finding in modules_for_all_requests.findings} with input as data.fixtures[name]
	got == want
}
