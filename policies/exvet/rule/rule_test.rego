package exvet.rule_test

import data.exvet.rule

_chain := [
	{"path": ["exvet", "rules", "iis", "x", "about"]},
	{"path": ["exvet", "rules", "iis", "x"], "annotations": {
		"scope": "package",
		"title": "Title",
		"description": "Words.\n",
		"related_resources": [{"ref": "https://example.org/a"}, {"ref": "https://example.org/b"}],
		"custom": {"id": "EXV-IIS-999", "stance": "review", "needs": ["iis.apps"], "remediation": "Do this.\n"},
	}},
	{"path": ["exvet"], "annotations": {"scope": "subpackages", "title": "Wider"}},
]

test_about_is_whole if {
	rule.about(_chain) == {
		"id": "EXV-IIS-999",
		"title": "Title",
		"description": "Words.",
		"stance": "review",
		"severity": "",
		"clause": "",
		"basis": "",
		"needs": ["iis.apps"],
		"roles": [],
		"since": "",
		"until": "",
		"remediation": "Do this.",
		"alternative": "",
		"repro": "",
		"references": ["https://example.org/a", "https://example.org/b"],
	}
}

test_about_without_metadata_is_undefined if {
	not rule.about([{"path": ["exvet", "rules", "iis", "x", "about"]}])
}

test_evidence if {
	got := rule.evidence({"file": `C:\a\web.config`, "line": 38}, "A.B, C")
	got == {"ref": `file:C:\a\web.config:38`, "value": "A.B, C"}
}

test_registry if {
	rule.registry(`HKLM\A!B`, "x") == {"ref": `registry:HKLM\A!B`, "value": "x"}
}

test_history if {
	entry := {
		"file": `C:\a\web.config`,
		"line": 38,
		"overrides": [{"file": `C:\b.config`, "line": 7, "value": "Old"}],
	}
	rule.history(entry, "New") == [
		{"ref": `file:C:\a\web.config:38`, "value": "New"},
		{"ref": `file:C:\b.config:7`, "value": "Old"},
	]
}

test_subject if rule.subject(["filter", "", "Acme"]) == "filter::Acme"
