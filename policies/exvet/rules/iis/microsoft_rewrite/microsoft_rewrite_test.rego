package exvet.rules.iis.microsoft_rewrite_test

import data.exvet.rules.iis.microsoft_rewrite

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"rewrite-eems": {"rewrite:Default Web Site/:EEMS M1.1 PowerShell - inbound"},
		"rewrite-eomt-cookie": {
			"rewrite:Default Web Site/:X-BEResource Abort - inbound",
			"rewrite:Default Web Site/owa:X-BEResource Abort - inbound",
			"rewrite:Default Web Site/ecp:X-BEResource Abort - inbound",
			"rewrite:Default Web Site/EWS:X-BEResource Abort - inbound",
			"rewrite:Default Web Site/OAB:X-BEResource Abort - inbound",
		},
		"rewrite-calendar-workaround": {"rewrite:Exchange Back End/owa:Calendar"},
		"outbound-body": set(),
		"outbound-disabled": set(),
		"outbound-eems": set(),
		"outbound-eems-reused": set(),
		"outbound-hsts": set(),
		"outbound-hsts-back-end": set(),
		"outbound-inbound-name": set(),
		"rewrite-blocking": set(),
		"rewrite-default-name": set(),
		"rewrite-eems-disabled": set(),
		"rewrite-eems-reused": set(),
		"rewrite-eems-wider": set(),
		"rewrite-elsewhere": set(),
		"rewrite-elsewhere-server": set(),
		"rewrite-front-door": set(),
		"rewrite-global": set(),
		"rewrite-global-script": set(),
		"rewrite-https": set(),
		"rewrite-redirect-host": set(),
		"rewrite-script": set(),
	}
	got := {finding.subject | some finding in microsoft_rewrite.findings} with input as data.fixtures[name]
	got == want
}
