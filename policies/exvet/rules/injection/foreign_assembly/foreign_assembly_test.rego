package exvet.rules.injection.foreign_assembly_test

import data.exvet.rules.injection.foreign_assembly

test_subjects[name] if {
	some name, assemblies in {
		"healthy": set(),
		"gac-foreign": {"Acme.Core"},
		"gac-owowa": {"ExtenderControlDesigner"},
		"gac-foreign-module": {"Acme.Gate"},
		"gac-microsoft": set(),
	}
	got := {finding.subject | some finding in foreign_assembly.findings} with input as data.fixtures[name]
	got == {_file(assembly) | some assembly in assemblies}
}

_file(name) := sprintf(`file:C:\Windows\Microsoft.NET\assembly\GAC_MSIL\%s\v4.0_1.0__acme0123\%s.dll`, [name, name])

# Severity grows where IIS names the assembly, or attackers' tools have its name.
test_severity[name] if {
	some name, want in {"gac-foreign": {"low"}, "gac-foreign-module": {"medium"}, "gac-owowa": {"high"}}
	got := {finding.severity | some finding in foreign_assembly.findings} with input as data.fixtures[name]
	got == want
}
