package exvet.rules.iis.diverting_rewrite_test

import data.exvet.rules.iis.diverting_rewrite

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"rewrite-elsewhere": {"rewrite:Default Web Site/EWS:AcmeProxy"},
		"rewrite-elsewhere-server": {
			"rewrite:Default Web Site/:AcmeProxy",
			"rewrite:Default Web Site/owa:AcmeProxy",
			"rewrite:Default Web Site/ecp:AcmeProxy",
			"rewrite:Default Web Site/EWS:AcmeProxy",
			"rewrite:Default Web Site/OAB:AcmeProxy",
			"rewrite:Exchange Back End/:AcmeProxy",
			"rewrite:Exchange Back End/owa:AcmeProxy",
			"rewrite:Exchange Back End/EWS:AcmeProxy",
			"rewrite:Exchange Back End/Rpc:AcmeProxy",
		},
		"rewrite-redirect-host": {"rewrite:Default Web Site/owa:AcmeSso"},
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
		"rewrite-eems-reused": set(),
		"rewrite-eems-wider": set(),
		"rewrite-eomt-cookie": set(),
		"rewrite-front-door": set(),
		"rewrite-global": set(),
		"rewrite-global-script": set(),
		"rewrite-https": set(),
		"rewrite-script": set(),
	}
	got := {finding.subject | some finding in diverting_rewrite.findings} with input as data.fixtures[name]
	got == want
}
