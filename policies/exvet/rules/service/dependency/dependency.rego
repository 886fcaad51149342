# METADATA
# title: Exchange service waits for a service of another product
# description: >-
#   A service of Exchange depends on a service that neither setup nor Windows brings there, so that it does not
#   start while the other does not run, and stops when it stops. Some antivirus products do so to come first.
#   Dependencies on other services of Exchange are left alone, such as that of transport on the filtering
#   service.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/plan-and-deploy/deployment-ref/services-overview
# custom:
#   id: EXV-SVC-004
#   stance: review
#   severity: medium
#   clause: "-"
#   basis: inference
#   needs: [services.list, exchange.root]
#   remediation: >-
#     Take the dependency out with sc config NAME depend= and the services setup names, or ask the vendor for
#     another way.
#   repro: >-
#     Export the key with reg export, take the entry out, restart the server or the services, and test again;
#     importing the file puts it back.
package exvet.rules.service.dependency

import data.exvet.known
import data.exvet.rule
import data.exvet.service

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some found in service.exchange
	added := [name | some name in found.depends; not _usual(lower(name))]
	count(added) > 0
	ref := concat("", [found.ref, "!DependOnService"])
	finding := {
		"subject": rule.subject(["service", found.name]),
		"message": sprintf("%s waits for %s, which setup does not ask for", [found.name, concat(", ", added)]),
		"evidence": [rule.registry(ref, concat(", ", found.depends))],
	}
}

_usual(name) if known.services.dependencies[name]

_usual(name) if known.services.accounts[name]

_usual(name) if {
	some other in service.exchange
	other.key == name
}
