# METADATA
# title: Program started when an Exchange service fails
# description: >-
#   A command runs, as the account of the service manager, each time a service of Exchange fails. Monitoring
#   tools set one, and so do intruders who want to come back. What setup itself configures, restarting the
#   service, is no command and left alone.
# related_resources:
#   - ref: https://learn.microsoft.com/windows/win32/services/service-configuration-programs
# custom:
#   id: EXV-SVC-003
#   stance: review
#   severity: medium
#   clause: "-"
#   basis: inference
#   needs: [services.list, exchange.root]
#   remediation: >-
#     Find out who set the command; where nobody did, treat it as a possible compromise. Take it out with sc
#     failure NAME command= "".
#   repro: >-
#     Export the key with reg export, take the entry out, restart the server or the services, and test again;
#     importing the file puts it back.
package exvet.rules.service.failure_command

import data.exvet.binary
import data.exvet.product as products
import data.exvet.rule
import data.exvet.service

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some found in service.exchange
	found.failure_command != ""
	ref := concat("", [found.ref, "!FailureCommand"])
	finding := {
		"subject": rule.subject(["service", found.name]),
		"message": binary.tell(
			found.failure_path_key,
			sprintf("%s is run when %s fails", [found.failure_command, found.name]),
		),
		"evidence": array.concat([rule.registry(ref, found.failure_command)], binary.evidence(found.failure_path_key)),
		"binary": found.failure_path_key,
		"integration": products.file_owner(found.failure_path_key),
	}
}
