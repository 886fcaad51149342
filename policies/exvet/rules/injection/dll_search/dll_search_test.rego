package exvet.rules.injection.dll_search_test

import data.exvet.rules.injection.dll_search

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"excluded-dll": {`registry:HKLM\SYSTEM\CurrentControlSet\Control\Session Manager!ExcludeFromKnownDlls`},
		"known-dll": {`registry:HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\KnownDLLs!acme`},
		"known-dll-folder": {`registry:HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\KnownDLLs!DllDirectory32`},
		"unsafe-search": {`registry:HKLM\SYSTEM\CurrentControlSet\Control\Session Manager!SafeDllSearchMode`},
	}
	got := {finding.subject | some finding in dll_search.findings} with input as data.fixtures[name]
	got == want
}
