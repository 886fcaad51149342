# METADATA
# title: Windows or .NET names the method that refuses impersonated threads
# description: >-
#   The report Windows Error Reporting made, or the message of .NET, names
#   ConnectionPoolManager.BlockImpersonatedCallers. It is the same failure an event 4999 tells of, and
#   what is left of it where the log with the 4999 was not kept. The article of Microsoft speaks of 4999
#   only.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
# custom:
#   id: EXV-EVT-001C
#   stance: unsupported
#   severity: critical
#   clause: C1
#   basis: inference
#   needs: [events.crashes]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Find the product that runs Exchange's threads under another account: a module, filter or agent of
#     single sign-on or security software. Have its vendor change it, or take it out of Exchange's
#     processes.
#   alternative: >-
#     EWS with a scoped ApplicationImpersonation role, or Graph; AD FS or hybrid modern authentication for
#     signing in.
#   repro: >-
#     Turn the product's module, filter or agent off, recycle the pool, and watch for events 4999 for as
#     long as the problem used to take to come back. For the test, raise MSExchange ADAccess\General to
#     Expert, so that 2117 names account and stack; set it back after.
package exvet.rules.event.blocked_process

import data.exvet.event
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some [id, app] in {[row.id, row.app_name] | some row in _blocked}
	rows := [row | some row in _blocked; row.id == id; row.app_name == app]
	callers := event.callers(rows)
	finding := {
		"subject": event.subject(rows[0]),
		"message": sprintf("%s was ended by ConnectionPoolManager.BlockImpersonatedCallers, %s%s; %s", [
			_process(rows[0]),
			event.seen(rows),
			event.caller_text(callers),
			"consistent with clause C1, impersonation of Exchange's threads",
		]),
		"evidence": array.concat(
			[event.evidence(row, _where(row)) | some row in rows],
			[event.caller_evidence(caller) | some caller in callers],
		),
	}
}

_blocked := [row |
	some row in input.facts.events.crashes
	_where(row)
]

_method := "connectionpoolmanager.blockimpersonatedcall"

_where(row) := [frame | some frame in row.frames; contains(lower(frame), _method)][0] if {
	some frame in row.frames
	contains(lower(frame), _method)
} else := row.text if contains(lower(row.text), _method)

_process(row) := row.app_name if {
	row.app_name != ""
} else := row.application if {
	row.application != ""
} else := "a process"
