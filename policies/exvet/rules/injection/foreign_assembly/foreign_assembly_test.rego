package exvet.rules.injection.foreign_assembly_test

import data.exvet.rules.injection.foreign_assembly

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"gac-foreign": {`file:C:\Windows\Microsoft.NET\assembly\GAC_MSIL\Acme.Core\v4.0_1.0__acme0123\Acme.Core.dll`},
		"gac-owowa": {
			`file:C:\Windows\Microsoft.NET\assembly\GAC_MSIL\ExtenderControlDesigner\v4.0_1.0__acme0123\ExtenderControlDesigner.dll`,
		},
		"gac-foreign-module": {
			`file:C:\Windows\Microsoft.NET\assembly\GAC_MSIL\Acme.Gate\v4.0_1.0__acme0123\Acme.Gate.dll`,
		},
		"gac-microsoft": set(),
	}
	got := {finding.subject | some finding in foreign_assembly.findings} with input as data.fixtures[name]
	got == want
}
