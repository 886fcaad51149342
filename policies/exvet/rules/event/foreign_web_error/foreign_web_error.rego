# METADATA
# title: Request to Exchange failed in foreign code
# description: >-
#   ASP.NET (1309) or the front end of Exchange (1003) reports an exception in an application of Exchange
#   with code on the stack that neither Microsoft makes nor Exchange setup installs, by namespace. The
#   code ran in a worker process of Exchange. Applications of others are left out.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
# custom:
#   id: EXV-EVT-012
#   stance: review
#   severity: high
#   clause: C3
#   basis: inference
#   needs: [events.web_errors, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Find the product the code belongs to and take its module or handler out of the application.
#   alternative: >-
#     A transport agent, EWS or Graph for mail; AD FS or hybrid modern authentication in front of Exchange
#     for signing in.
#   repro: >-
#     Save the web.config, take the module or handler out, recycle the pool, and watch for this event.
package exvet.rules.event.foreign_web_error

import data.exvet.event
import data.exvet.path
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some [id, application, frame] in {[row.id, row.application, event.foreign_frames(row.frames)[0]] |
		some row in _exchange
	}
	rows := [row |
		some row in _exchange
		[row.id, row.application, event.foreign_frames(row.frames)[0]] == [id, application, frame]
	]
	finding := {
		"subject": event.subject(rows[0]),
		"message": sprintf("%s%s failed in %s, %s; consistent with clause C3, foreign code in the pools of Exchange", [
			rows[0].exception,
			_where(application),
			frame,
			event.seen(rows),
		]),
		"evidence": [event.evidence(row, frame) | some row in rows],
	}
}

_exchange := [row |
	some row in input.facts.events.web_errors
	_of_exchange(row)
]

_of_exchange(row) if startswith(row.provider_key, "msexchange")

_of_exchange(row) if path.below(path.token(trim_suffix(lower(row.application), `\`)), "{exchange}")

_where("") := ""

_where(application) := sprintf(" in %s", [application]) if application != ""
