package exvet.rules.injection.foreign_program_test

import data.exvet.rules.injection.foreign_program

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"side-load": {`file:E:\Exchange\Bin\version.dll`},
		"side-load-microsoft": set(),
		"foreign-program": {`file:E:\Exchange\Bin\acme.dll`},
		"foreign-program-unseen": set(),
		"vendor-agent": set(),
	}
	got := {finding.subject | some finding in foreign_program.findings} with input as data.fixtures[name]
	got == want
}
