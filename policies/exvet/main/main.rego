# METADATA
# description: |
#   The one door: every rule, what it found on this server, and the status that follows. A status is decided
#   here and nowhere else.
package exvet.main

import data.exvet.known
import data.exvet.product as fingerprint

# METADATA
# scope: document
# entrypoint: true
# description: |
#   results is what every rule says of this server, for stock opa. exvet itself asks judge rule by rule, so that
#   one rule's failure is not every rule's.
results contains result if {
	some area, name
	about := data.exvet.rules[area][name].about
	result := judge(about, data.exvet.rules[area][name].findings)
}

results contains result if {
	some organisation, area, name
	about := data.org[organisation].rules[area][name].about
	result := judge(about, data.org[organisation].rules[area][name].findings)
}

# METADATA
# description: server names the server as people do.
server := {
	"name": input.server.name,
	"build": input.server.build,
	"product": known.label,
	"roles": input.server.roles,
}

# METADATA
# description: notes says what a reader must know of the method.
notes := array.flatten([_always, _sometimes, [known.surprise | known.surprise]])

# METADATA
# description: |
#   products says what is known of products by name; nothing is decided by it. A fingerprint counts more than what
#   facts say.
products := object.union(fingerprint.stated, fingerprint.catalogue)

# METADATA
# description: |
#   owners says who in the organisation answers for what: rows of a glob for the name of a product, vendor, signer or
#   file, and a name.
owners := [{"product": row.product, "owner": row.owner} |
	some organisation, nth
	row := data.org[organisation].owners[nth] # that list alone: an organisation's rules lie beside it
]

_always := [concat(" ", [
	"The Microsoft support statement (KB 3086992) names Exchange 2010 to 2016;",
	"Exchange 2019 and SE are judged by extension.",
])]

_sometimes := [note |
	known.inferred
	note := concat(" ", [
		"What setup installs was measured on Exchange 2016 and 2019;",
		sprintf("for %s it is inferred from them.", [_product]),
	])
]

default _product := "an unknown version"

_product := known.label if known.label != ""

# METADATA
# description: |
#   judge decides what a rule says of this server: its own words, its status, the missing facts that leave it
#   open and its findings, complete and sorted by subject.
judge(about, findings) := object.union(about, {
	"status": _status(about, findings),
	"missing": _missing(about),
	"findings": [pair[1] |
		some pair in sort([[finding.subject, _complete(about, finding)] | some finding in findings])
	],
})

_complete(about, finding) := object.union(
	{"severity": about.severity, "evidence": [], "binary": "", "integration": ""},
	finding,
)

_status(about, findings) := "not_applicable" if {
	not _applies(about)
} else := "found" if {
	count(findings) > 0
} else := "unknown" if {
	count(_missing(about)) > 0
} else := "clear"

_applies(about) if {
	not _other_role(about.roles)
	not _too_old(about.since)
	not _too_new(about.until)
}

# Only what is known excludes: a server whose roles were not seen may have any of them.
_other_role(roles) if {
	count(roles) > 0
	count(input.server.roles) > 0
	every role in roles {
		not role in input.server.roles
	}
}

_too_old(since) if {
	since != ""
	input.server.build != ""
	known.version(input.server.build) < known.version(since)
}

_too_new(until) if {
	until != ""
	input.server.build != ""
	known.version(input.server.build) > known.version(until)
}

# The missing facts that overlap a need, in the order of their scopes.
_missing(about) := array.flatten([
	_sections_not_seen(about.needs),
	_facts_not_seen(about.needs),
	_not_probed(about.needs),
])

_sections_not_seen(needs) := sort([missing |
	some section in {split(need, ".")[0] | some need in needs}
	missing := {"facts": [section], "scope": "", "reason": _not_seen(section), "file": "", "line": 0}
])

_not_seen(section) := "not collected" if {
	not input.collected[section]
} else := sprintf("collection %s without a reason", [input.collected[section].status]) if {
	input.collected[section].status in {"failed", "absent"}
	count(input.collected[section].missing) == 0
}

_facts_not_seen(needs) := [missing |
	some section in sort({split(need, ".")[0] | some need in needs})
	some missing in input.collected[section].missing
	_overlap(missing.facts, needs)
]

# Facts an organisation asks for are there only where they were asked for.
_not_probed(needs) := sort([missing |
	some need in needs
	path := array.slice(split(need, "."), 0, 3)
	path[0] == "probes"
	input.collected.probes.status in {"complete", "partial"}
	object.get(input.facts, path, null) == null
	not _said(need)
	missing := {"facts": [need], "scope": "", "reason": "not probed", "file": "", "line": 0}
])

_said(need) if {
	some missing in input.collected.probes.missing
	_overlap(missing.facts, [need])
}

_overlap(facts, needs) if {
	some fact in facts
	some need in needs
	_same_branch(fact, need)
}

_same_branch(fact, need) if fact == need

_same_branch(fact, need) if startswith(fact, concat("", [need, "."]))

_same_branch(fact, need) if startswith(need, concat("", [fact, "."]))
