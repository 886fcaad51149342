package exvet.rules.injection.foreign_assembly_test

import data.exvet.rules.injection.foreign_assembly

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"gac-foreign": {_file("Acme.Core")},
		"gac-owowa": {_file("ExtenderControlDesigner")},
		"gac-foreign-module": {_file("Acme.Gate")},
		"gac-microsoft": set(),
	}
	got := {finding.subject | some finding in foreign_assembly.findings} with input as data.fixtures[name]
	got == want
}

_file(name) := sprintf(`file:C:\Windows\Microsoft.NET\assembly\GAC_MSIL\%[1]s\v4.0_1.0__acme0123\%[1]s.dll`, [name])
