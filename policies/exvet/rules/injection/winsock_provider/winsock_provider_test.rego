package exvet.rules.injection.winsock_provider_test

import data.exvet.rules.injection.winsock_provider

_key_1 := `registry:HKLM\SYSTEM\CurrentControlSet\Services\WinSock2\Parameters\NameSpace_Catalog5\Catalog_Entries64`

_key_2 := `registry:HKLM\SYSTEM\CurrentControlSet\Services\WinSock2\Parameters\Protocol_Catalog9\Catalog_Entries64`

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"winsock": {concat(`\`, [_key_2, "000000000009!PackedCatalogItem"])},
		"winsock-namespace": {concat(`\`, [_key_1, "000000000009!LibraryPath"])},
		"winsock-32bit": set(),
		"winsock-hypervisor": set(),
	}
	got := {finding.subject | some finding in winsock_provider.findings} with input as data.fixtures[name]
	got == want
}
