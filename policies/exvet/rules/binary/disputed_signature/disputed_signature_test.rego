package exvet.rules.binary.disputed_signature_test

import data.exvet.rules.binary.disputed_signature

test_findings[name] if {
	some name, want in {
		"healthy": set(),
		"native-module-unsigned": set(),
		"verdicts-agree": set(),
		"verdict-on-tampered": {[`file:E:\Exchange\Bin\kerbauth.dll`, "critical"]},
		"verdict-on-unsigned": {[`file:D:\Acme\acmesso64.dll`, "critical"]},
		"verdict-on-padded": set(),
		"verdict-against-signed": {[`file:D:\Acme\acmesso64.dll`, "high"]},
	}
	got := {[finding.subject, finding.severity] |
		some finding in disputed_signature.findings
	} with input as data.fixtures[name]
	got == want
}
