# METADATA
# title: Foreign module was added to the configuration of IIS
# description: >-
#   The log of IIS's configuration tells who added a module, and when. The name is not one that Exchange
#   setup or an optional feature of IIS uses. The log is off unless someone turned it on, so that what it
#   lacks proves nothing; what the configuration holds today is the matter of the rules for IIS.
# related_resources:
#   - ref: https://learn.microsoft.com/iis/configuration/system.webserver/globalmodules/
# custom:
#   id: EXV-EVT-010
#   stance: review
#   severity: medium
#   clause: C3
#   basis: inference
#   needs: [events.config_changes]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Ask who made the change and for what product. Uninstall the product from this server, or move it to
#     an IIS server of its own.
#   alternative: >-
#     A transport agent, EWS or Graph.
#   repro: >-
#     Save the configuration with appcmd add backup, take the module out, restart W3SVC and WAS, and test
#     again; appcmd restore backup puts it back.
package exvet.rules.event.module_added

import data.exvet.event
import data.exvet.known
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some [id, module] in {[row.id, _name(row)] | some row in _added}
	rows := [row | some row in _added; row.id == id; _name(row) == module]
	finding := {
		"subject": event.subject(rows[0]),
		"message": sprintf("module %s was added by %s, %s; consistent with clause C3, foreign code in pools", [
			module,
			concat(", ", sort({row.user | some row in rows})),
			event.seen(rows),
		]),
		"evidence": [event.evidence(row, sprintf("%s = %s", [row.configuration, row.new_value])) | some row in rows],
	}
}

_added := [row |
	some row in input.facts.events.config_changes
	regex.match(`/system\.webserver/(?:global)?modules/add`, row.configuration_key)
	not regex.match(`(?i)delete|remove`, row.operation)
	key := lower(_name(row))
	key != ""
	not known.baseline.global_modules[key]
	not known.baseline.exchange_modules[key]
	not known.optional.global_modules[key]
]

# The name is in the path of what was changed or, where a whole entry is added, the value.
_name(row) := found[0][1] if {
	found := regex.find_all_string_submatch_n(`(?i)\[@name=['"]([^'"]+)['"]`, row.configuration, 1)
	count(found) > 0
} else := row.new_value
