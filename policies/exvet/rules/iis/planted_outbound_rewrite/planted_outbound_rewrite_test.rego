package exvet.rules.iis.planted_outbound_rewrite_test

import data.exvet.rules.iis.planted_outbound_rewrite

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"outbound-eems-reused": {"rewrite:Default Web Site/owa:EEMS M2.1 OWA CSP - outbound"},
		"outbound-inbound-name": {"rewrite:Default Web Site/owa:EEMS M1.1 PowerShell - inbound"},
		"outbound-body": set(),
		"outbound-disabled": set(),
		"outbound-eems": set(),
		"outbound-hsts": set(),
		"outbound-hsts-back-end": set(),
		"rewrite-blocking": set(),
		"rewrite-calendar-workaround": set(),
		"rewrite-default-name": set(),
		"rewrite-eems": set(),
		"rewrite-eems-disabled": set(),
		"rewrite-eems-reused": set(),
		"rewrite-eems-wider": set(),
		"rewrite-elsewhere": set(),
		"rewrite-elsewhere-server": set(),
		"rewrite-eomt-cookie": set(),
		"rewrite-front-door": set(),
		"rewrite-global": set(),
		"rewrite-global-script": set(),
		"rewrite-https": set(),
		"rewrite-redirect-host": set(),
		"rewrite-script": set(),
	}
	got := {finding.subject | some finding in planted_outbound_rewrite.findings} with input as data.fixtures[name]
	got == want
}
