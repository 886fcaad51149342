package exvet.rules.iis.extra_schema_file_test

import data.exvet.rules.iis.extra_schema_file

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"schema-file": {`file:C:\Windows\System32\inetsrv\config\schema\acme_schema.xml`},
		"schema-file-known": set(),
	}
	got := {finding.subject | some finding in extra_schema_file.findings} with input as data.fixtures[name]
	got == want
}
