package exvet.rules.iis.redirect_test

import data.exvet.rules.iis.redirect

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"redirect-host": {"config:Default Web Site/owa:system.webServer/httpRedirect"},
		"redirect-path": {"config:Default Web Site/EWS:system.webServer/httpRedirect"},
		"redirect-root": {"config:Default Web Site/:system.webServer/httpRedirect"},
		"redirect-root-own-host": {"config:Default Web Site/:system.webServer/httpRedirect"},
		"redirect-root-inherited": {"config:Default Web Site/:system.webServer/httpRedirect"},
		"redirect-old-path": set(),
		"redirect-elsewhere": set(),
		"redirect-off": set(),
		"rewrite-redirect-host": set(),
	}
	got := {finding.subject | some finding in redirect.findings} with input as data.fixtures[name]
	got == want
}

test_severities[name] if {
	some name, want in {
		"redirect-host": {"medium"},
		"redirect-path": {"medium"},
		"redirect-root": {"info"},
		"redirect-root-own-host": {"info"},
		"redirect-root-inherited": {"medium"},
	}
	got := {finding.severity | some finding in redirect.findings} with input as data.fixtures[name]
	got == want
}
