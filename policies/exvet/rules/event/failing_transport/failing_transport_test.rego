package exvet.rules.event.failing_transport_test

import data.exvet.rules.event.failing_transport

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"agent-events": {"event:Application/16023", "event:Application/7001", "event:Application/9201"},
		"agent-events-own": set(),
	}
	got := {finding.subject | some finding in failing_transport.findings} with input as data.fixtures[name]
	got == want
}
