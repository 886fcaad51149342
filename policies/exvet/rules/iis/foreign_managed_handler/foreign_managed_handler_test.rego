package exvet.rules.iis.foreign_managed_handler_test

import data.exvet.rules.iis.foreign_managed_handler

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"managed-handler": {"handler:Default Web Site/EWS:AcmeAxd"},
		"managed-handler-folder": {"handler:Default Web Site/owa/acme:AcmeNested"},
		"isapi-handler": set(),
		"managed-module": set(),
	}
	got := {finding.subject | some finding in foreign_managed_handler.findings} with input as data.fixtures[name]
	got == want
}
