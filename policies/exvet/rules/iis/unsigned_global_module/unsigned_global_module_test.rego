package exvet.rules.iis.unsigned_global_module_test

import data.exvet.rules.iis.unsigned_global_module

test_findings[name] if {
	some name, want in {
		"healthy": set(),
		"native-module-variable": set(),
		"native-module": set(),
		"native-module-signed": set(),
		"native-module-microsoft": set(),
		"native-module-not-copied": set(),
		"native-module-unsigned": {["global-module:AcmeGate", "high"]},
		"native-module-lookalike": {["global-module:AcmeGate", "high"]},
		"native-module-missing": {["global-module:AcmeGate", "high"]},
		"native-module-untrusted": {["global-module:AcmeGate", "medium"]},
		"module-tampered": {["global-module:IsapiModule", "high"]},
	}
	got := {[finding.subject, finding.severity] |
		some finding in unsigned_global_module.findings
	} with input as data.fixtures[name]
	got == want
}

# What no configuration says where to find.
test_elsewhere[name] if {
	some name, want in {
		"native-module-no-image": {"global-module:AcmeNone"},
		"native-module-share": {"global-module:AcmeShare"},
	}
	got := {finding.subject | some finding in unsigned_global_module.findings} with input as data.fixtures[name]
	got == want
}
