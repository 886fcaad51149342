package org.acme.rules.iis.forbidden_module_test

import data.org.acme.rules.iis.forbidden_module

test_id if forbidden_module.about.id == "ACME-IIS-001"

# By fixture, the subjects it must find: none on the healthy server, and none on the near miss.
test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"acme-iis-001": {"module:Default Web Site/owa:AcmeGate"},
		"acme-iis-001-elsewhere": set(),
	}
	got := {found.subject | some found in forbidden_module.findings} with input as data.fixtures[name]
	got == want
}
