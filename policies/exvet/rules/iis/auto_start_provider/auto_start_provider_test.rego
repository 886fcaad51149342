package exvet.rules.iis.auto_start_provider_test

import data.exvet.rules.iis.auto_start_provider

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"provider-in-app": {"app:Default Web Site/EWS"},
		"provider-off": {"app:Default Web Site/EWS"},
		"app-preload": {"app:Default Web Site/EWS"},
		"provider-idle": {"config::serviceAutoStartProviders/AcmePreload"},
		"app-initialization": {"config:Default Web Site/owa:system.webServer/applicationInitialization//acme.aspx"},
	}
	got := {finding.subject | some finding in auto_start_provider.findings} with input as data.fixtures[name]
	got == want
}

test_severity[name] if {
	some name, want in {"provider-in-app": "high", "provider-off": "low", "provider-idle": "low", "app-preload": "low"}
	got := {finding.severity | some finding in auto_start_provider.findings} with input as data.fixtures[name]
	got == {want}
}
