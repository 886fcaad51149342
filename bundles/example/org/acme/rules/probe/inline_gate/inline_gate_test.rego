package org.acme.rules.probe.inline_gate_test

import data.org.acme.rules.probe.inline_gate

test_id if inline_gate.about.id == "ACME-PRB-001"

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"gate-inline": {`registry:HKLM\SOFTWARE\Acme\Gate!Mode`},
		"gate-beside": set(),
	}
	got := {found.subject | some found in inline_gate.findings} with input as data.fixtures[name]
	got == want
}
