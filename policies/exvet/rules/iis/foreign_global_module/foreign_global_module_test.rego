package exvet.rules.iis.foreign_global_module_test

import data.exvet.rules.iis.foreign_global_module

test_subjects[name] if {
	some name, want in {
		"healthy": set(),
		"native-module": {"global-module:AcmeGate"},
		"native-module-32bit-pool": {"global-module:AcmeGate32"},
		"native-module-borrowed-name": {"global-module:WebSocketModule"},
		# Found by the other rules of native modules.
		"native-module-32bit": set(),
		"native-module-classic": set(),
		"native-module-webdav": set(),
		"masquerade-name": set(),
		"masquerade-file": set(),
		"exchange-root-unknown": set(),
	}
	got := {finding.subject | some finding in foreign_global_module.findings} with input as data.fixtures[name]
	got == want
}

test_evidence_names_the_calls if {
	got := [finding.evidence | some finding in foreign_global_module.findings] with input as data.fixtures["native-module"]
	got == [[
		{"ref": `file:C:\Windows\System32\inetsrv\config\applicationHost.config:248`, "value": `D:\Acme\acmesso64.dll`},
		{"ref": `file:C:\Windows\System32\inetsrv\config\applicationHost.config:900`, "value": "AcmeGate"},
	]]
}

# Whose it is, is said; what Microsoft signed is none of another product.
test_signature[name] if {
	some name, [severity, remark] in {
		"native-module": ["high", ""],
		"native-module-signed": ["high", "; signed by Acme Ltd"],
		"native-module-unsigned": ["high", "; not signed"],
		"native-module-lookalike": ["high", "; signed in the name of Microsoft by somebody else"],
		"native-module-microsoft": ["low", "; signed by Microsoft Corporation"],
	}
	got := {[finding.severity, endswith(finding.message, remark)] |
		some finding in foreign_global_module.findings
	} with input as data.fixtures[name]
	got == {[severity, true]}
}
