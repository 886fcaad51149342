package exvet.rules.iis.foreign_code_base_test

import data.exvet.rules.iis.foreign_code_base

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"code-base": {`file:D:\Acme\Bin`},
		"code-base-application": {"config:Exchange Back End/EWS:codeBase/Acme.Gate"},
		"linked-elsewhere": {"config:Default Web Site/owa:linkedConfiguration"},
		"linked-other-file": {"config:Default Web Site/owa:linkedConfiguration"},
		"code-base-similar-folder": {`file:E:\ExchangeEvil\bin`},
		"code-base-exchange-name": set(),
		"code-base-share": set(),
		"code-base-windows": set(),
		"code-base-elsewhere": set(),
		"private-path-elsewhere": set(),
	}
	got := {finding.subject | some finding in foreign_code_base.findings} with input as data.fixtures[name]
	got == want
}
