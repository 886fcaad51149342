package exvet.rules.iis.log_off_test

import data.exvet.rules.iis.log_off

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"log-off": {"config:Default Web Site:logFile/enabled"},
		"log-dont": {"config:Default Web Site/owa:httpLogging/dontLog"},
		"log-module-gone": {"global-module:HttpLoggingModule"},
		"log-elsewhere": set(),
		"log-plugin": set(),
	}
	got := {finding.subject | some finding in log_off.findings} with input as data.fixtures[name]
	got == want
}
