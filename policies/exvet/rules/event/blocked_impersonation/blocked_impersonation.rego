# METADATA
# title: Exchange ended a process as a thread ran under another account
# description: >-
#   Exchange's threads must run under the account of their process. When one that does not asks for a
#   connection to the directory, Exchange ends the process and reports the method
#   ConnectionPoolManager.BlockImpersonatedCallers in an event 4999. Only that method counts: other events
#   4999 are common and mostly Exchange's own. An event 2117 of the same process, where there is one,
#   gives the account and the code on the stack, and foreign code in the same pool today is named beside
#   it; neither is needed.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
# custom:
#   id: EXV-EVT-001
#   stance: unsupported
#   severity: critical
#   clause: C1
#   basis: kb
#   needs: [events.watson]
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
package exvet.rules.event.blocked_impersonation

import data.exvet.event
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some app in {row.app_name | some row in _blocked}
	rows := [row | some row in _blocked; row.app_name == app]
	callers := event.callers(rows)
	finding := {
		"subject": event.subject(rows[0]),
		"message": sprintf("%s was ended by ConnectionPoolManager.BlockImpersonatedCallers, %s%s%s", [
			_process(app),
			event.seen(rows),
			event.caller_text(callers),
			_guests(rows[0].pool_key),
		]),
		"evidence": array.flatten([
			[event.evidence(row, row.text) | some row in rows],
			[event.caller_evidence(caller) | some caller in callers],
			sort({evidence | some [pool_key, _, evidence] in event.suspects; pool_key == rows[0].pool_key}),
		]),
	}
}

_blocked := [row |
	some row in input.facts.events.watson
	row.blocks_impersonated_callers
]

_process("") := "a process of Exchange"

_process(app) := app if app != ""

_guests(pool_key) := "" if {
	count(_names(pool_key)) == 0
} else := sprintf("; in that pool today: %s", [concat(", ", sort(_names(pool_key)))])

_names(pool_key) := {name | some [key, name, _] in event.suspects; key == pool_key}
