package exvet.rules.transport.pickup_folder_test

import data.exvet.rules.transport.pickup_folder

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"pickup-used": {`file:E:\Exchange\TransportRoles\pickup`},
		"replay-used": set(),
	}
	got := {finding.subject | some finding in pickup_folder.findings} with input as data.fixtures[name]
	got == want
}
