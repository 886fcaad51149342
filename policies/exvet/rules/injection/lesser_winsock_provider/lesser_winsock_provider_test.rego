package exvet.rules.injection.lesser_winsock_provider_test

import data.exvet.rules.injection.lesser_winsock_provider

_key_1 := `registry:HKLM\SYSTEM\CurrentControlSet\Services\WinSock2\Parameters\Protocol_Catalog9\Catalog_Entries`

_key_2 := `registry:HKLM\SYSTEM\CurrentControlSet\Services\WinSock2\Parameters\Protocol_Catalog9\Catalog_Entries64`

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"winsock-32bit": {concat(`\`, [_key_1, "000000000009!PackedCatalogItem"])},
		"winsock-hypervisor": {concat(`\`, [_key_2, "000000000009!PackedCatalogItem"])},
		"winsock": set(),
		"winsock-namespace": set(),
	}
	got := {finding.subject | some finding in lesser_winsock_provider.findings} with input as data.fixtures[name]
	got == want
}

test_severity[name] if {
	some name, want in {
		"winsock-32bit": {"info"},
		"winsock-hypervisor": {"low"},
	}
	got := {finding.severity | some finding in lesser_winsock_provider.findings} with input as data.fixtures[name]
	got == want
}
