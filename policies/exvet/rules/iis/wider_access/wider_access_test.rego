package exvet.rules.iis.wider_access_test

import data.exvet.rules.iis.wider_access

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"access-execute": {"config:Default Web Site/EWS:system.webServer/handlers/accessPolicy"},
		"access-execute-open": {"config:Default Web Site/EWS:system.webServer/handlers/accessPolicy"},
		"access-execute-program": {"config:Default Web Site/EWS:system.webServer/handlers/accessPolicy"},
		"access-bin": {"config:Exchange Back End/owa/bin:system.webServer/handlers/accessPolicy"},
		"access-version": set(),
		"access-as-setup": set(),
		"exchange-root-unknown": set(),
	}
	got := {finding.subject | some finding in wider_access.findings} with input as data.fixtures[name]
	got == want
}

test_severity[name] if {
	some name, want in {
		"access-execute": "medium",
		"access-execute-open": "high",
		"access-execute-program": "high",
		"access-bin": "medium",
	}
	got := {finding.severity | some finding in wider_access.findings} with input as data.fixtures[name]
	got == {want}
}

test_server_policy_reaches_every_application if {
	got := count(wider_access.findings) with input as data.fixtures["access-write"]
	got == count(data.fixtures.healthy.facts.iis.apps)
}
