# METADATA
# title: Program of an Exchange service is not Microsoft's
# description: >-
#   Every program Exchange's services start is signed by Microsoft. One that is not signed, was changed after it was
#   signed, or was signed by somebody else, took the place of Exchange's, and runs with the rights of the service. A
#   file that was not copied leaves the rule unknown; one that is not there is medium.
# related_resources:
#   - ref: https://attack.mitre.org/techniques/T1574/010/
# custom:
#   id: EXV-SVC-002C
#   stance: security
#   severity: critical
#   clause: "-"
#   basis: inference
#   needs: [services.list, exchange.root, binaries.services]
#   roles: [mailbox, client_access, edge]
#   remediation: >-
#     Treat it as a possible compromise: isolate the server, keep the file with its times and hash as
#     evidence, and follow your incident response. Do not just delete it.
#   repro: >-
#     Keep a copy of the file and of the configuration before anything is changed.
package exvet.rules.service.replaced_program

import data.exvet.binary
import data.exvet.product as products
import data.exvet.rule
import data.exvet.service

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some found in service.exchange
	severity := _severity[binary.trust(found.path_key)]
	finding := {
		"subject": rule.subject(["service", found.name]),
		"message": sprintf("%s starts %s, %s", [found.name, found.image, binary.said(found.path_key)]),
		"severity": severity,
		"evidence": array.flatten([
			rule.registry(concat("", [found.ref, "!ImagePath"]), found.image),
			binary.evidence(found.path_key),
			service.running(found),
		]),
		"binary": found.path_key,
		"integration": products.file_owner(found.path_key),
	}
}

_severity := {
	"signed": "critical",
	"unsigned": "critical",
	"bad": "critical",
	"untrusted": "critical",
	"absent": "medium",
}
