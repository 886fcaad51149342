# METADATA
# title: Exchange does not hand requests to AMSI
# description: >-
#   A setting override turns HttpRequestFiltering off: requests to Exchange are not shown to the
#   antimalware scanner of the server.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/antispam-and-antimalware/amsi-integration-with-exchange
# custom:
#   id: EXV-SUP-010B
#   stance: security
#   severity: medium
#   clause: "-"
#   basis: inference
#   needs: [organisation.overrides]
#   remediation: >-
#     Remove-SettingOverride, then Get-ExchangeDiagnosticInfo to refresh; exclude by the product instead,
#     if a scan harms.
package exvet.rules.organisation.scan_off

import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.organisation.overrides
	lower(row.component) == "cafe"
	lower(row.section) == "httprequestfiltering"
	some parameter in row.parameters
	lower(replace(parameter, " ", "")) == "enabled=false"
	_here(row)
	finding := {
		"subject": rule.subject(["override", row.name]),
		"message": sprintf(
			"the setting override %s turns the scan of requests off (%s)",
			[row.name, concat(", ", row.parameters)],
		),
		"evidence": [rule.evidence(row, row.name)],
	}
}

# An override without servers is for all of them.
_here(row) if count(row.server) == 0

_here(row) if {
	some server in row.server
	lower(server) == lower(input.server.name)
}
