# METADATA
# title: Provider of volume shadow copies of another vendor
# description: >-
#   Backup and storage products make shadow copies through VSS, the supported way to back Exchange up.
#   Which programs ask for shadow copies is not in the registry.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/high-availability/disaster-recovery/backup-with-windows-server-backup
# custom:
#   id: EXV-SUP-006
#   stance: supported
#   severity: info
#   clause: S
#   basis: inference
#   needs: [services.extensions]
#   remediation: >-
#     Nothing: this is the supported way.
package exvet.rules.service.shadow_provider

import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.services.extensions
	row.kind == "vss_provider"
	not startswith(lower(row.name), "microsoft ")
	finding := {
		"subject": rule.subject(["registry", row.ref]),
		"message": sprintf("%s %s makes volume shadow copies", [row.name, row.version]),
		"evidence": [rule.registry(row.ref, row.name)],
		"binary": row.dll_key,
		"integration": row.name,
	}
}
