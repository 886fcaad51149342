# METADATA
# title: Foreign file of the schema of IIS
# description: >-
#   A file in inetsrv\config\schema teaches IIS sections that neither it nor the parts Microsoft offers for
#   it have. It runs nothing by itself: it is what the setup of a module with settings of its own leaves, and
#   tells that there is, or was, one.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/configuration/
# custom:
#   id: EXV-IIS-048C
#   stance: review
#   severity: low
#   clause: C2
#   basis: inference
#   needs: [iis.schema_files, iis.apps, iis.pools, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Find out which product brought the file. Removing the product removes it; do not delete the file while
#     a configuration still has its sections, or IIS no longer starts.
#   repro: >-
#     Nothing to try: the file runs no code.
package exvet.rules.iis.extra_schema_file

import data.exvet.iis
import data.exvet.known
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	count(iis.apps) > 0
	some file in input.facts.iis.schema_files
	not known.settings.schema_files[file.key]
	finding := {
		"subject": rule.subject(["file", file.file]),
		"message": sprintf("%s is no file of the schema of IIS; its module is consistent with clause C2", [file.file]),
		"evidence": [rule.evidence_at(file.file, 1, file.key)],
	}
}
