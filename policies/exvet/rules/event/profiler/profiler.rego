# METADATA
# title: A profiler was to be loaded into a .NET process
# description: >-
#   .NET reports a profiler: code that is loaded into a process to watch or change it. The number of the
#   event, mostly 1022, is the same for a profiler that was loaded, one that failed and one that stepped
#   back; the message tells, and it counts as high, medium and low. The events do not say which program
#   the process was, so that it may not be one of Exchange's.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/dotnet/framework/unmanaged-api/profiling/profiling-overview
# custom:
#   id: EXV-EVT-008
#   stance: review
#   severity: high
#   clause: C5
#   basis: inference
#   needs: [events.profilers]
#   remediation: >-
#     Keep the profiler out of Exchange's processes: set its variables for the pools it is to watch, not
#     for the machine or for Exchange's pools and services.
#   alternative: >-
#     Watching from outside: performance counters, managed availability, synthetic requests.
#   repro: >-
#     Take COR_ENABLE_PROFILING out of the environment of the pool, restart it, and look for this event
#     again.
package exvet.rules.event.profiler

import data.exvet.event
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some [id, meaning, class] in {[row.id, row.meaning, row.clsid] | some row in input.facts.events.profilers}
	rows := [row |
		some row in input.facts.events.profilers
		[row.id, row.meaning, row.clsid] == [id, meaning, class]
	]
	finding := {
		"subject": event.subject(rows[0]),
		"message": sprintf("%s %s, %s; consistent with clause C5, injected code, if the process is Exchange's", [
			_name(class),
			object.get(_meanings, meaning, ["", "is reported on by .NET"])[1],
			event.seen(rows),
		]),
		"severity": object.get(_meanings, meaning, ["low", ""])[0],
		"evidence": [event.evidence(row, row.text) | some row in rows],
	}
}

_name("") := "a profiler"

_name(class) := sprintf("profiler %s", [class]) if class != ""

_meanings := {
	"loaded": ["high", "was loaded"],
	"detached": ["high", "was loaded, and taken out again"],
	"load_failed": ["medium", "could not be loaded"],
	"attach_requested": ["medium", "was to be attached"],
	"attach_failed": ["low", "could not be attached"],
	"declined": ["low", "asked not to be loaded"],
	"disabled": ["low", "was disabled"],
}
