package exvet.event

# METADATA
# description: |
#   callers lists the calls under another account (2117) that belong to some events of a process: of the same process
#   id within ten minutes, as ids are soon given to other processes, or of the same pool.
callers(rows) := [caller |
	some caller in input.facts.events.impersonated_callers
	_belongs(caller, rows)
]

_belongs(caller, rows) if {
	some row in rows
	row.pid != 0
	row.pid == caller.pid
	_near(row.time, caller.time)
}

_belongs(caller, rows) if {
	some row in rows
	row.pool_key != ""
	row.pool_key == caller.pool_key
}

_near(a, b) if {
	not "" in {a, b}
	abs(time.parse_rfc3339_ns(a) - time.parse_rfc3339_ns(b)) <= 600000000000
}

# METADATA
# description: |
#   caller_text tells, for a sentence, whose accounts the callers had and which foreign code was on their stacks. It is
#   "" without callers.
caller_text(list) := concat("", [_accounts(list), _frames(list)])

_accounts(list) := "" if {
	count(list) == 0
} else := sprintf("; called as %s", [concat(", ", sort({caller.account | some caller in list}))])

_frames(list) := "" if {
	count(_foreign(list)) == 0
} else := sprintf("; foreign code on the stack: %s", [concat(", ", sort(_foreign(list)))])

# The foreign frame nearest to the call, of each stack.
_foreign(list) := {foreign_frames(caller.frames)[0] | some caller in list}

# METADATA
# description: |
#   caller_evidence points at the record of a call under another account: the account and the foreign frame nearest to
#   the call, or the innermost frame where none is foreign.
caller_evidence(caller) := evidence(caller, sprintf("%s: %s", [caller.account, foreign_frames(caller.frames)[0]])) if {
	count(foreign_frames(caller.frames)) > 0
} else := evidence(caller, sprintf("%s: %s", [caller.account, caller.frames[0]])) if {
	count(caller.frames) > 0
} else := evidence(caller, caller.account)
