package exvet.rules.iis.foreign_wcf_extension_test

import data.exvet.rules.iis.foreign_wcf_extension

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"wcf-inspector": {"config:Exchange Back End/EWS:system.serviceModel/extensions/behaviorExtensions/AcmeInspector"},
		"wcf-inspector-machine": {"config::system.serviceModel/extensions/behaviorExtensions/AcmeInspector"},
		"wcf-exchange-class": {"config:Exchange Back End/EWS:system.serviceModel/extensions/bindingElementExtensions/Acme"},
		"wcf-known": set(),
		"wcf-framework": set(),
		"wcf-inspector-elsewhere": set(),
		"classic-module": set(),
	}
	got := {finding.subject | some finding in foreign_wcf_extension.findings} with input as data.fixtures[name]
	got == want
}
