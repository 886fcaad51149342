# METADATA
# title: Class of an interface Exchange has no more
# description: >-
#   A class of ExOLEDB, store event sinks or CDO for Exchange is registered. None of them has worked
#   since Exchange 2010; what registered it was not made for this version.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/new-features/discontinued-features
# custom:
#   id: EXV-DEP-002
#   stance: unsupported
#   severity: low
#   clause: "-"
#   basis: inference
#   needs: [services.extensions]
#   remediation: >-
#     Find the program that registered it, and replace it by one that uses EWS.
#   alternative: >-
#     EWS.
package exvet.rules.service.legacy_class

import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.services.extensions
	row.kind == "legacy_class"

	finding := {
		"subject": rule.subject(["registry", row.ref]),
		"message": sprintf("the class %s is registered", [row.name]),
		"evidence": [rule.registry(row.ref, row.name)],
		"binary": row.dll_key,
	}
}
