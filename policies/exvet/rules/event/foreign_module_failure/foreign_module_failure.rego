# METADATA
# title: Worker process failed to load a foreign module or filter
# description: >-
#   IIS tried to load a module, filter or extension that neither Exchange setup nor an optional feature of
#   IIS installs, and failed (2280, 2282, 2214 and their like). Native modules are loaded into every
#   worker process, those of Exchange included. Exchange's own modules, which fail to load when an update
#   was not completed, are known by folder and file and left out; an event that names no file says
#   nothing.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/configuration/system.webserver/globalmodules/
# custom:
#   id: EXV-EVT-005
#   stance: review
#   severity: medium
#   clause: C3
#   basis: inference
#   needs: [events.module_failures, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Uninstall the product from this server, or take what is left of it out of the configuration of IIS.
#   alternative: >-
#     A transport agent, EWS or Graph for mail; AD FS or hybrid modern authentication in front of Exchange
#     for signing in.
#   repro: >-
#     Save the configuration with appcmd add backup, take the entry out, restart W3SVC and WAS, and test
#     again; appcmd restore backup puts it back.
package exvet.rules.event.foreign_module_failure

import data.exvet.event
import data.exvet.known
import data.exvet.path
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some [id, image] in {[row.id, row.image] |
		some row in input.facts.events.module_failures
		_foreign(row.image_key)
	}
	rows := [row | some row in input.facts.events.module_failures; row.id == id; row.image == image]
	finding := {
		"subject": event.subject(rows[0]),
		"message": sprintf("a worker process failed to load %s, %s; consistent with clause C3, foreign code in pools", [
			image,
			event.seen(rows),
		]),
		"evidence": [event.evidence(row, row.text) | some row in rows],
		"binary": rows[0].image_key,
		"integration": products.file_owner(rows[0].image_key),
	}
}

_foreign(key) if {
	path.exchange_root
	contains(key, `\`)
	not known.events.images[event.image(key)]
}
