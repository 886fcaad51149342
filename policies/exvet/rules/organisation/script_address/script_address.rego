# METADATA
# title: Address of a virtual directory that is a script
# description: >-
#   The external or internal address of a virtual directory holds a script. Attackers write one there and
#   have Exchange save it as a file: a web shell.
# related_resources:
#   - ref: https://www.cisa.gov/news-events/cybersecurity-advisories/aa21-062a
# custom:
#   id: EXV-IIS-050B
#   stance: security
#   severity: critical
#   clause: "-"
#   basis: inference
#   needs: [organisation.directories]
#   remediation: >-
#     Treat it as a possible compromise: isolate the server, keep the file with its times and hash as
#     evidence, and follow your incident response. Do not just delete it.
package exvet.rules.organisation.script_address

import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.organisation.directories
	some address in [row.internal_url, row.external_url]
	regex.match(`(?i)<\s*(script|%)|runat\s*=|eval\s*\(`, address)
	finding := {
		"subject": rule.subject(["directory", row.name]),
		"message": sprintf("the address of %s on %s holds a script: %s", [row.name, row.server, address]),
		"evidence": [rule.evidence(row, address)],
	}
}
