package exvet.rules.event.foreign_module_failure_test

import data.exvet.rules.event.foreign_module_failure

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"module-events": {
			"event:Application/2214",
			"event:Application/2280",
			"event:Application/2282",
			"event:Application/2295",
		},
		"module-events-own": set(),
		"events-root-unknown": set(),
	}
	got := {finding.subject | some finding in foreign_module_failure.findings} with input as data.fixtures[name]
	got == want
}

test_images if {
	got := {finding.binary | some finding in foreign_module_failure.findings} with input as data.fixtures["module-events"]
	got == {
		`c:\windows\system32\inetsrv\acmelog.dll`,
		`d:\acme\acmefilter.dll`,
		`d:\acme\acmesso32.dll`,
		`d:\acme\acmesso64.dll`,
		`d:\acme\exppw.dll`,
	}
}
