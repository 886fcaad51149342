package exvet.rules.iis.foreign_compilation_test

import data.exvet.rules.iis.foreign_compilation

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"foreign-assembly": {"config:Default Web Site/owa:system.web/compilation/assemblies/Acme.Pages"},
		"foreign-build-provider": {"config:Exchange Back End/owa:system.web/compilation/buildProviders/.acme"},
		"known-assembly": set(),
		"wcf-inspector": set(),
		"foreign-assembly-elsewhere": set(),
	}
	got := {finding.subject | some finding in foreign_compilation.findings} with input as data.fixtures[name]
	got == want
}
