package exvet.rules.iis.outbound_rewrite_test

import data.exvet.rules.iis.outbound_rewrite

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"outbound-body": {"rewrite:Default Web Site/owa:AcmeBanner"},
		"outbound-hsts-back-end": {"rewrite:Exchange Back End/owa:Hsts"},
		"outbound-disabled": set(),
		"outbound-eems": set(),
		"outbound-eems-reused": set(),
		"outbound-hsts": set(),
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
	got := {finding.subject | some finding in outbound_rewrite.findings} with input as data.fixtures[name]
	got == want
}
