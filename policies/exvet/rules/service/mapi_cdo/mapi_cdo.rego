# METADATA
# title: MAPI and CDO for server programs are installed
# description: >-
#   The package of MAPI and Collaboration Data Objects lets programs use interfaces that Exchange 2016
#   and later do not take.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/new-features/discontinued-features
# custom:
#   id: EXV-DEP-001
#   stance: unsupported
#   severity: medium
#   clause: "-"
#   basis: inference
#   needs: [services.extensions]
#   remediation: >-
#     Find the program that needs it, and replace it by one that uses EWS.
#   alternative: >-
#     EWS.
package exvet.rules.service.mapi_cdo

import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.services.extensions
	row.kind == "mapi_cdo"

	finding := {
		"subject": rule.subject(["registry", row.ref]),
		"message": sprintf("%s %s is installed", [row.name, row.version]),
		"evidence": [rule.registry(row.ref, row.name)],
		"binary": row.dll_key,
	}
}
