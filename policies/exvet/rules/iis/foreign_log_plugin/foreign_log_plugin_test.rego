package exvet.rules.iis.foreign_log_plugin_test

import data.exvet.rules.iis.foreign_log_plugin

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"log-plugin": {"config:Default Web Site:logFile/customLogPluginClsid"},
		"log-plugin-odbc": set(),
		"log-plugin-elsewhere": set(),
		"log-off": set(),
	}
	got := {finding.subject | some finding in foreign_log_plugin.findings} with input as data.fixtures[name]
	got == want
}
