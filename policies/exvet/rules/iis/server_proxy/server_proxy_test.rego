package exvet.rules.iis.server_proxy_test

import data.exvet.rules.iis.server_proxy

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"proxy": {"config:Default Web Site/EWS:system.webServer/proxy/enabled"},
		"proxy-server": {"config::system.webServer/proxy/enabled"},
		"proxy-elsewhere": set(),
		"web-farm": {"config::webFarms/AcmeFarm"},
		"web-farm-disabled": set(),
		"arr-module": {"global-module:ApplicationRequestRouting"},
		"rewrite-elsewhere": set(),
	}
	got := {finding.subject | some finding in server_proxy.findings} with input as data.fixtures[name]
	got == want
}
