package exvet.rules.iis.planted_rewrite_test

import data.exvet.rules.iis.planted_rewrite

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"rewrite-script": {"rewrite:Default Web Site/owa:Help"},
		"rewrite-global-script": {"rewrite::Help"},
		"rewrite-eems-reused": {"rewrite:Default Web Site/:EEMS M1.1 PowerShell - inbound"},
		"rewrite-eems-wider": {"rewrite:Default Web Site/:EEMS M1.1 PowerShell - inbound"},
		"outbound-body": set(),
		"outbound-disabled": set(),
		"outbound-eems": set(),
		"outbound-eems-reused": set(),
		"outbound-hsts": set(),
		"outbound-hsts-back-end": set(),
		"outbound-inbound-name": set(),
		"rewrite-blocking": set(),
		"rewrite-calendar-workaround": set(),
		"rewrite-default-name": set(),
		"rewrite-eems": set(),
		"rewrite-eems-disabled": set(),
		"rewrite-elsewhere": set(),
		"rewrite-elsewhere-server": set(),
		"rewrite-eomt-cookie": set(),
		"rewrite-front-door": set(),
		"rewrite-global": set(),
		"rewrite-https": set(),
		"rewrite-redirect-host": set(),
	}
	got := {finding.subject | some finding in planted_rewrite.findings} with input as data.fixtures[name]
	got == want
}

test_severity[name] if {
	some name, want in {"rewrite-script": "high", "rewrite-eems-reused": "critical"}
	got := {finding.severity | some finding in planted_rewrite.findings} with input as data.fixtures[name]
	got == {want}
}
