package exvet.rules.transport.replay_folder_test

import data.exvet.rules.transport.replay_folder

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"replay-used": {`file:E:\Exchange\TransportRoles\replay`},
		"pickup-used": set(),
	}
	got := {finding.subject | some finding in replay_folder.findings} with input as data.fixtures[name]
	got == want
}
