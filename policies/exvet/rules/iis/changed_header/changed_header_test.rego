package exvet.rules.iis.changed_header_test

import data.exvet.rules.iis.changed_header

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"header": {"config:Default Web Site/owa:customHeaders/X-Acme"},
		"header-server": {"config::customHeaders/X-Acme"},
		"header-csp": {"config:Default Web Site/owa:customHeaders/Content-Security-Policy"},
		"header-cors": {"config:Default Web Site/EWS:customHeaders/Access-Control-Allow-Origin"},
		"header-hsts": {"config:Default Web Site/:customHeaders/Strict-Transport-Security"},
		"header-hsts-back-end": {"config:Exchange Back End/owa:customHeaders/Strict-Transport-Security"},
		"header-wrong-side": {"config:Exchange Back End/owa:customHeaders/X-FEServer"},
		"header-compatible": {"config:Exchange Back End/owa:customHeaders/X-UA-Compatible"},
		"header-elsewhere": set(),
	}
	got := {finding.subject | some finding in changed_header.findings} with input as data.fixtures[name]
	got == want
}

test_severities[name] if {
	some name, want in {
		"header": {"low"},
		"header-csp": {"medium"},
		"header-cors": {"medium"},
		"header-hsts": {"info"},
		"header-hsts-back-end": {"low"},
	}
	got := {finding.severity | some finding in changed_header.findings} with input as data.fixtures[name]
	got == want
}
