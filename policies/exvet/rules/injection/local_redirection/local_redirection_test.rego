package exvet.rules.injection.local_redirection_test

import data.exvet.rules.injection.local_redirection

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"local-redirection": {`file:E:\Exchange\Bin\EdgeTransport.exe.local`},
		"side-load": set(),
	}
	got := {finding.subject | some finding in local_redirection.findings} with input as data.fixtures[name]
	got == want
}
