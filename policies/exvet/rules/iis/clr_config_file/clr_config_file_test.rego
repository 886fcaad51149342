package exvet.rules.iis.clr_config_file_test

import data.exvet.rules.iis.clr_config_file

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"clr-config-elsewhere": {"pool:MSExchangeOWAAppPool"},
		"clr-config-name": {"pool:MSExchangeOWAAppPool"},
		"clr-config-longer-folder": {"pool:MSExchangeOWAAppPool"},
		"clr-config-as-setup": set(),
		"exchange-root-unknown": set(),
	}
	got := {finding.subject | some finding in clr_config_file.findings} with input as data.fixtures[name]
	got == want
}
