package exvet.rules.process.transport_child_test

import data.exvet.rules.process.transport_child

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"child-of-transport": {"process:EdgeTransport.exe:cmd.exe"},
		"child-of-transport-borrowed-name": {"process:EdgeTransport.exe:conhost.exe"},
		"child-of-transport-usual": set(),
		"child-shell": set(),
	}
	got := {finding.subject | some finding in transport_child.findings} with input as data.fixtures[name]
	got == want
}
