package exvet.rules.transport.moved_folder_test

import data.exvet.rules.transport.moved_folder

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"moved-pickup": {`file:D:\Mail\Pickup`},
		"moved-replay": {`file:D:\Mail\Replay`},
	}
	got := {finding.subject | some finding in moved_folder.findings} with input as data.fixtures[name]
	got == want
}
