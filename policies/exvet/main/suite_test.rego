# What holds for every rule.
package exvet.main_test

import data.exvet.main

_rules[id] contains path if {
	some area, name
	id := data.exvet.rules[area][name].about.id
	path := concat("/", [area, name])
}

test_ids_are_unique[id] if {
	some id, paths in _rules
	count(paths) == 1
}

test_every_rule_is_whole[id] if {
	some id, _ in _rules
	some area, name
	about := data.exvet.rules[area][name].about
	about.id == id
	regex.match(`^EXV-[A-Z]+-[0-9]{3}[A-Z]?$`, id)
	about.stance in {"unsupported", "review", "security", "deprecated", "supported"}
	about.severity in {"critical", "high", "medium", "low", "info"}
	about.clause in {"C1", "C2", "C3", "C4", "C5", "S", "-"}
	about.basis in {"kb", "inference"}
	about.title != ""
	about.description != ""
	about.remediation != ""
	count(about.needs) > 0
	count(about.references) > 0
}

# Each of these judges every fixture once by a part of the rules, and none is a table of cases: stock opa traces those,
# which makes them many times slower, and ends a test after five seconds.
test_every_rule_is_found_on_a_fixture_1 if {
	rules := _called(`^[a-f]`)
	found := {rule |
		some fixture in data.fixtures
		finds := {[a, n] | some [a, n] in rules; count(data.exvet.rules[a][n].findings) > 0} with input as fixture
		some rule in finds
	}
	found == rules
}

test_every_rule_is_found_on_a_fixture_2 if {
	rules := _called(`^[g-p]`)
	found := {rule |
		some fixture in data.fixtures
		finds := {[a, n] | some [a, n] in rules; count(data.exvet.rules[a][n].findings) > 0} with input as fixture
		some rule in finds
	}
	found == rules
}

test_every_rule_is_found_on_a_fixture_3 if {
	rules := _called(`^[^a-p]`)
	found := {rule |
		some fixture in data.fixtures
		finds := {[a, n] | some [a, n] in rules; count(data.exvet.rules[a][n].findings) > 0} with input as fixture
		some rule in finds
	}
	found == rules
}

_called(names) := {[area, name] |
	some area, name
	data.exvet.rules[area][name].about
	regex.match(names, name)
}

test_every_rule_is_clear_on_healthy[id] if {
	clear := {result.id |
		some result in main.results
		result.status == "clear"
	} with input as data.fixtures.healthy
	some id, _ in _rules
	id in clear
}

# A finding of a rule that infers says what it is consistent with.
test_inference_is_said if {
	inferring := {[area, name] |
		some area, name
		about := data.exvet.rules[area][name].about
		about.basis == "inference"
		about.stance in {"unsupported", "review"}
		about.clause != "-"
	}
	facts := {message |
		some fixture in data.fixtures
		messages := {finding.message |
			some [area, name] in inferring
			some finding in data.exvet.rules[area][name].findings
		} with input as fixture
		some message in messages
		not contains(message, "consistent with clause")
	}
	facts == set()
}

# An organisation's rules are asked like our own.
test_rules_of_organisations if {
	rules := {"acme": {"rules": {"iis": {"banner": {
		"about": {"id": "ACME-1", "severity": "low", "needs": [], "roles": [], "since": "", "until": ""},
		"findings": {{"subject": "app:x", "message": "m"}},
	}}}}}
	got := [result | some result in main.results; result.id == "ACME-1"] with data.org as rules
		with input as data.fixtures.healthy
	got[0].status == "found"
	got[0].findings == [{
		"subject": "app:x",
		"message": "m",
		"severity": "low",
		"evidence": [],
		"binary": "",
		"integration": "",
	}]
}
