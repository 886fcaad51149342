package exvet.main_test

import data.exvet.main

# Statuses.

_about := {"id": "X", "severity": "high", "needs": ["iis.modules"], "roles": ["mailbox"], "since": "", "until": ""}

_finding := {"subject": "module:a", "message": "m"}

_status(about, findings) := main.judge(about, findings).status

_missing(facts) := {"iis": {"status": "partial", "missing": [{
	"facts": facts,
	"scope": "Default Web Site/EWS",
	"reason": "expected </system.web>",
	"file": `E:\Exchange\web.config`,
	"line": 41,
}]}}

test_status_by_missing[name] if {
	some name, want in {
		"nothing": [{"iis": {"status": "complete", "missing": []}}, "clear"],
		"the fact itself": [_missing(["iis.modules"]), "unknown"],
		"the whole section": [_missing(["iis"]), "unknown"],
		"a part of it": [_missing(["iis.modules.type"]), "unknown"],
		"another fact": [_missing(["iis.handlers"]), "clear"],
		"a fact with a longer name": [_missing(["iis.modules_more"]), "clear"],
		"section not there": [{}, "unknown"],
		"section failed without a word": [{"iis": {"status": "failed", "missing": []}}, "unknown"],
		"section absent without a word": [{"iis": {"status": "absent", "missing": []}}, "unknown"],
	}
	got := _status(_about, set()) with input as {"server": _server, "collected": want[0]}
	got == want[1]
}

_server := {"build": "15.2.1118.7", "roles": ["mailbox"]}

test_status_by_server[name] if {
	some name, want in {
		"role": [{}, {}, "clear"],
		"one of its roles": [{"roles": ["client_access", "mailbox"]}, {}, "clear"],
		"other role": [{}, {"roles": ["edge"]}, "not_applicable"],
		"role unknown": [{}, {"roles": []}, "clear"],
		"no role asked": [{"roles": []}, {"roles": ["edge"]}, "clear"],
		"since this build": [{"since": "15.2.1118.7"}, {}, "clear"],
		"since a later build": [{"since": "15.2.1118.20"}, {}, "not_applicable"],
		"since a later CU": [{"since": "15.2.1258.12"}, {}, "not_applicable"],
		"numbers and not text": [{"since": "15.2.922.7"}, {}, "clear"],
		"until this build": [{"until": "15.2.1118.7"}, {}, "clear"],
		"until an earlier build": [{"until": "15.2.986.5"}, {}, "not_applicable"],
		"build unknown": [{"since": "15.2.1258.12"}, {"build": ""}, "clear"],
	}
	got := _status(object.union(_about, want[0]), set()) with input as {
		"server": object.union(_server, want[1]),
		"collected": {"iis": {"status": "complete", "missing": []}},
	}
	got == want[2]
}

test_found_comes_before_unknown if {
	got := main.judge(_about, {_finding}) with input as {"server": _server, "collected": _missing(["iis.modules"])}
	got.status == "found"
	got.missing == _missing(["iis.modules"]).iis.missing
}

test_not_applicable_comes_before_found if {
	server := {"build": "", "roles": ["edge"]}
	got := _status(_about, {_finding}) with input as {"server": server, "collected": {}}
	got == "not_applicable"
}

test_missing_section_is_said if {
	got := main.judge(_about, set()) with input as {"server": _server, "collected": {}}
	got.missing == [{"facts": ["iis"], "scope": "", "reason": "not collected", "file": "", "line": 0}]
}

test_findings_are_complete_and_sorted if {
	findings := {{"subject": "b", "message": "1", "severity": "low"}, {"subject": "a", "message": "2", "binary": "x"}}
	got := main.judge(_about, findings) with input as {"server": _server, "collected": {}}
	got.findings == [
		{"subject": "a", "message": "2", "severity": "high", "evidence": [], "binary": "x", "integration": ""},
		{"subject": "b", "message": "1", "severity": "low", "evidence": [], "binary": "", "integration": ""},
	]
}

test_judge_keeps_what_the_rule_says if {
	got := main.judge(_about, set()) with input as {"server": _server, "collected": {}}
	object.subset(got, _about)
}

# Fixtures with less evidence.

test_malformed_web_config if {
	want := {
		"EXV-IIS-001": "clear",
		"EXV-IIS-004": "unknown",
		"EXV-IIS-007": "unknown",
		"EXV-IIS-010": "clear",
		"EXV-IIS-020": "clear",
		"EXV-IIS-030": "clear",
		"EXV-IIS-040": "unknown",
		"EXV-IIS-047": "unknown",
	}
	got := {result.id: result.status |
		some result in main.results
		want[result.id]
	} with input as data.fixtures["malformed-web-config"]
	got == want
}

test_malformed_web_config_names_its_scope if {
	got := {missing.scope |
		some result in main.results
		result.id == "EXV-IIS-004"
		some missing in result.missing
	} with input as data.fixtures["malformed-web-config"]
	got == {"Default Web Site/EWS"}
}

test_finding_stands_on_partial_facts if {
	got := {result.status |
		some result in main.results
		result.id == "EXV-IIS-004"
	} with input as data.fixtures["malformed-web-config-and-module"]
	got == {"found"}
}

_needs(result, section) if {
	some need in result.needs
	startswith(need, section)
}

test_one_status if {
	want := {
		"iis-failed": {"unknown"},
		"iis-not-collected": {"unknown"},
		"exchange-root-unknown": {"unknown"},
		"edge-role": {"not_applicable"},
		"roles-unknown": {"clear"},
	}
	got := {name: statuses |
		some name, _ in want
		statuses := {result.status |
			some result in main.results
			startswith(result.id, "EXV-IIS-")
			_needs(result, "iis.")
		} with input as data.fixtures[name]
	}
	got == want
}

# Notes and server.

test_notes_say_what_is_inferred[name] if {
	some name, want in {"healthy": 1, "exchange-se": 2, "exchange-2013": 2, "exchange-newer": 2}
	got := main.notes with input as data.fixtures[name]
	count(got) == want
}

test_server if {
	got := main.server with input as data.fixtures.healthy
	got == {
		"name": "EX01",
		"build": "15.2.1118.7",
		"product": "Exchange Server 2019 CU12",
		"roles": ["mailbox"],
	}
}

# Facts an organisation asks for.

_probing(collected, probes) := {"server": _server, "collected": {"probes": collected}, "facts": {"probes": probes}}

test_status_by_probe[name] if {
	complete := {"status": "complete", "missing": []}
	open := {"status": "partial", "missing": [{
		"facts": ["probes.acme.gate"],
		"scope": "",
		"reason": "r",
		"file": "",
		"line": 0,
	}]}
	some name, want in {
		"read": [_probing(complete, {"acme": {"gate": []}}), ["clear", 0]],
		"another one": [_probing(complete, {"acme": {"other": []}}), ["unknown", 1]],
		"another organisation": [_probing(complete, {"other": {"gate": []}}), ["unknown", 1]],
		"could not be read": [_probing(open, {"acme": {"gate": []}}), ["unknown", 1]],
		"said to be missing": [_probing(open, {"acme": {}}), ["unknown", 1]],
		"no probes at all": [{"server": _server, "collected": {}, "facts": {}}, ["unknown", 1]],
	}
	got := main.judge(object.union(_about, {"needs": ["probes.acme.gate"]}), set()) with input as want[0]
	[got.status, count(got.missing)] == want[1]
}
