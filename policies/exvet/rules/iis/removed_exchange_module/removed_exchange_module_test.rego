package exvet.rules.iis.removed_exchange_module_test

import data.exvet.rules.iis.removed_exchange_module

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"module-removed": {"module:Default Web Site/owa:OwaPltInfoModule"},
		"modules-reordered": {"config:Default Web Site/owa:system.webServer/modules"},
		"module-before-host-header": {"module:Default Web Site/owa:HostHeaderValidationModule"},
		"guard-removed": set(),
		"guard-removed-amsi-build": set(),
		"token-cache-removed": set(),
		"guard-removed-not-seen": set(),
		"exchange-root-unknown": set(),
		"exchange-2013": set(),
		"managed-module": set(),
		"managed-module-server": set(),
	}
	got := {finding.subject | some finding in removed_exchange_module.findings} with input as data.fixtures[name]
	got == want
}

test_evidence if {
	fixture := data.fixtures["module-removed"]
	got := [finding.evidence | some finding in removed_exchange_module.findings] with input as fixture
	got == [[{
		"ref": `file:E:\Exchange\FrontEnd\HttpProxy\owa\web.config:35`,
		"value": "modules of Default Web Site/owa",
	}]]
}
