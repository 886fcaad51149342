package exvet.rules.iis.inbound_rewrite_test

import data.exvet.rules.iis.inbound_rewrite

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"rewrite-blocking": {"rewrite:Default Web Site/ecp:BlockEcp"},
		"rewrite-default-name": {"rewrite:Default Web Site/ecp:RequestBlockingRule1"},
		"rewrite-front-door": {"rewrite:Default Web Site/:Root"},
		"rewrite-https": {"rewrite:Default Web Site/owa:Https"},
		"rewrite-global": {"rewrite::AcmeGlobal"},
		"outbound-body": set(),
		"outbound-disabled": set(),
		"outbound-eems": set(),
		"outbound-eems-reused": set(),
		"outbound-hsts": set(),
		"outbound-hsts-back-end": set(),
		"outbound-inbound-name": set(),
		"rewrite-calendar-workaround": set(),
		"rewrite-eems": set(),
		"rewrite-eems-disabled": set(),
		"rewrite-eems-reused": set(),
		"rewrite-eems-wider": set(),
		"rewrite-elsewhere": set(),
		"rewrite-elsewhere-server": set(),
		"rewrite-eomt-cookie": set(),
		"rewrite-global-script": set(),
		"rewrite-redirect-host": set(),
		"rewrite-script": set(),
	}
	got := {finding.subject | some finding in inbound_rewrite.findings} with input as data.fixtures[name]
	got == want
}

test_severity[name] if {
	some name, want in {
		"rewrite-blocking": "low",
		"rewrite-front-door": "info",
		"rewrite-https": "medium",
		"rewrite-global": "high",
	}
	got := {finding.severity | some finding in inbound_rewrite.findings} with input as data.fixtures[name]
	got == {want}
}
