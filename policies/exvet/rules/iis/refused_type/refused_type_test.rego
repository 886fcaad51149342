package exvet.rules.iis.refused_type_test

import data.exvet.rules.iis.refused_type

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"refused-type": {"config:Default Web Site/EWS:system.serviceModel/extensions/behaviorExtensions/AcmeInspector"},
		"refused-known-type": set(),
		"refused-module": set(),
		"refused-handler": set(),
		"refused-filter": set(),
		"refused-rewrite": set(),
	}
	got := {finding.subject | some finding in refused_type.findings} with input as data.fixtures[name]
	got == want
}
