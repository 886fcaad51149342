# METADATA
# title: Scanner registered with the store
# description: >-
#   A product registered itself as a scanner of the store (VSAPI). The interface went away with Exchange
#   2013: what it registered does nothing here.
# related_resources:
#   - ref: https://techcommunity.microsoft.com/blog/exchange/more-on-vsapi-configuration-/609870
# custom:
#   id: EXV-DEP-004
#   stance: unsupported
#   severity: medium
#   clause: "-"
#   basis: inference
#   needs: [services.extensions]
#   remediation: >-
#     Ask the vendor for a version for this Exchange; remove what is left.
#   alternative: >-
#     A transport agent, EWS, or AMSI.
package exvet.rules.service.virus_scan

import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.services.extensions
	row.kind == "virus_scan"
	row.enabled
	finding := {
		"subject": rule.subject(["registry", row.ref]),
		"message": sprintf("%s is registered as a scanner of the store (%s)", [row.name, row.dll]),
		"evidence": [rule.registry(row.ref, row.name)],
		"binary": row.dll_key,
	}
}
