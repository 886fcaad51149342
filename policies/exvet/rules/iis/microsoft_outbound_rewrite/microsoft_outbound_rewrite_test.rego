package exvet.rules.iis.microsoft_outbound_rewrite_test

import data.exvet.rules.iis.microsoft_outbound_rewrite

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"outbound-eems": {"rewrite:Default Web Site/owa:EEMS M2.1 OWA CSP - outbound"},
		"outbound-hsts": {"rewrite:Default Web Site/owa:Hsts"},
		"outbound-body": set(),
		"outbound-disabled": set(),
		"outbound-eems-reused": set(),
		"outbound-hsts-back-end": set(),
		"outbound-inbound-name": set(),
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
	got := {finding.subject | some finding in microsoft_outbound_rewrite.findings} with input as data.fixtures[name]
	got == want
}
