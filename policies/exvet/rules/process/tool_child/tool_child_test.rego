package exvet.rules.process.tool_child_test

import data.exvet.rules.process.tool_child

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"child-shell": {"process:MSExchangeOWAAppPool:cmd.exe"},
		"child-powershell-renamed-folder": {"process:MSExchangeOWAAppPool:PowerShell.exe"},
		"child-borrowed-name": {"process:MSExchangeOWAAppPool:csc.exe"},
		"child-usual": set(),
		"child-unknown": set(),
		"child-elsewhere": set(),
		"child-of-transport": set(),
	}
	got := {finding.subject | some finding in tool_child.findings} with input as data.fixtures[name]
	got == want
}
