package exvet.rules.transport.legacy_runtime_test

import data.exvet.rules.transport.legacy_runtime

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"transport-legacy-runtime": {"config:EdgeTransport.exe/use_legacy_v2_runtime"},
		"transport-runtime-v4": set(),
	}
	got := {finding.subject | some finding in legacy_runtime.findings} with input as data.fixtures[name]
	got == want
}
