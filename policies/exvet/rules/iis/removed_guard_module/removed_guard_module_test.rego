package exvet.rules.iis.removed_guard_module_test

import data.exvet.rules.iis.removed_guard_module

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"guard-removed": {"module:Default Web Site/owa:HttpRequestFilteringModule"},
		"guard-removed-ews": {
			"module:Default Web Site/EWS:AnonymousRequestFilterModule",
			"module:Default Web Site/EWS:OAuthAuthModule",
		},
		"guard-removed-amsi-build": {"module:Default Web Site/owa:HttpRequestFilteringModule"},
		"guard-idle": {"module:Default Web Site/EWS:AnonymousRequestFilterModule"},
		"guard-removed-old-build": set(),
		"guard-removed-2013": set(),
		"guard-removed-not-seen": set(),
		"module-removed": set(),
		"modules-reordered": set(),
	}
	got := {finding.subject | some finding in removed_guard_module.findings} with input as data.fixtures[name]
	got == want
}
