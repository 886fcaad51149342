# METADATA
# title: A thread of Exchange called the directory under another account
# description: >-
#   Exchange writes event 2117 of MSExchange ADAccess, with the account and the call stack, just before it
#   ends a process for the sake of a thread that runs under another account. It is written at the
#   diagnostic level Expert only, so that its absence says nothing. The foreign code nearest to the call
#   is named; where all of the stack is Microsoft's, the account was changed by something that had
#   returned already.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
# custom:
#   id: EXV-EVT-002
#   stance: unsupported
#   severity: critical
#   clause: C1
#   basis: inference
#   needs: [events.impersonated_callers]
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
package exvet.rules.event.impersonated_caller

import data.exvet.event
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some [process, pool, account] in {[row.process, row.pool, row.account] |
		some row in input.facts.events.impersonated_callers
	}
	rows := [row |
		some row in input.facts.events.impersonated_callers
		[row.process, row.pool, row.account] == [process, pool, account]
	]
	finding := {
		"subject": event.subject(rows[0]),
		"message": sprintf("%s%s called Active Directory under another account, %s%s; %s", [
			process,
			_pool(pool),
			event.seen(rows),
			event.caller_text(rows),
			"consistent with clause C1, impersonation of Exchange's threads",
		]),
		"evidence": [event.caller_evidence(row) | some row in rows],
	}
}

_pool("") := ""

_pool(pool) := sprintf(" (%s)", [pool]) if pool != ""
