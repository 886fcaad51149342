package exvet.rules.iis.drifted_web_config_test

import data.exvet.rules.iis.drifted_web_config

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"handler-gone": {"handler:Exchange Back End/EWS:ewsasmxhandler"},
		"handler-gone-unread": set(),
		"double-escaping": {"config:Default Web Site/owa:requestFiltering/allowDoubleEscaping"},
		"double-escaping-usual": set(),
	}
	got := {finding.subject | some finding in drifted_web_config.findings} with input as data.fixtures[name]
	got == want
}
