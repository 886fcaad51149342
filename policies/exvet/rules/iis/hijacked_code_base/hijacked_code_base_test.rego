package exvet.rules.iis.hijacked_code_base_test

import data.exvet.rules.iis.hijacked_code_base

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"code-base-exchange-name": {`file:D:\Acme\Bin`},
		"code-base-share": {`file:\\acme\share`},
		"code-base-http": {"config:Exchange Back End/EWS:codeBase/Acme.Gate"},
		"linked-share": {"config:Default Web Site/owa:linkedConfiguration"},
		"code-base": set(),
		"linked-elsewhere": set(),
		"code-base-windows": set(),
	}
	got := {finding.subject | some finding in hijacked_code_base.findings} with input as data.fixtures[name]
	got == want
}
