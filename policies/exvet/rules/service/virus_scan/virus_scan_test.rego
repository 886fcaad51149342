package exvet.rules.service.virus_scan_test

import data.exvet.rules.service.virus_scan

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"virus-scan": {`registry:HKLM\SYSTEM\CurrentControlSet\Services\MSExchangeIS\VirusScan`},
		"vss-provider": set(),
	}
	got := {finding.subject | some finding in virus_scan.findings} with input as data.fixtures[name]
	got == want
}
