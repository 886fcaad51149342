package exvet.rules.iis.foreign_binding_test

import data.exvet.rules.iis.foreign_binding

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"private-path": {"config:Default Web Site/owa:probing"},
		"private-path-bin": set(),
		"code-base-unknown-name": {"config:Exchange Back End/EWS:codeBase/Acme.Gate"},
		"binding-redirect": {"config:Exchange Back End/EWS:bindingRedirect/Acme.Gate"},
		"binding-redirect-exchange": set(),
		"code-base-application": set(),
		"private-path-elsewhere": set(),
	}
	got := {finding.subject | some finding in foreign_binding.findings} with input as data.fixtures[name]
	got == want
}
