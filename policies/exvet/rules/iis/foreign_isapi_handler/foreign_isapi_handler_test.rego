package exvet.rules.iis.foreign_isapi_handler_test

import data.exvet.rules.iis.foreign_isapi_handler

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"isapi-handler": {"handler:Default Web Site/ecp:AcmeExt"},
		"isapi-handler-file": {"handler:Default Web Site/owa:AcmeFile"},
		"cgi-handler": {
			"handler:Default Web Site/:PHP",
			"handler:Default Web Site/owa:PHP",
			"handler:Default Web Site/ecp:PHP",
			"handler:Default Web Site/EWS:PHP",
			"handler:Default Web Site/OAB:PHP",
			"handler:Exchange Back End/:PHP",
			"handler:Exchange Back End/owa:PHP",
			"handler:Exchange Back End/EWS:PHP",
			"handler:Exchange Back End/Rpc:PHP",
		},
		"managed-handler": set(),
	}
	got := {finding.subject | some finding in foreign_isapi_handler.findings} with input as data.fixtures[name]
	got == want
}
