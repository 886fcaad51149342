package exvet.rules.process.worker_account_test

import data.exvet.rules.process.worker_account

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"worker-account": {"process:MSExchangeOWAAppPool"},
		"worker-account-renamed-pool": {"process:AcmePool"},
		"worker-account-elsewhere": set(),
		"worker-account-unknown": set(),
		"worker-cold": set(),
	}
	got := {finding.subject | some finding in worker_account.findings} with input as data.fixtures[name]
	got == want
}
