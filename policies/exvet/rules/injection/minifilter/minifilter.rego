# METADATA
# title: File system filter that is not of Windows
# description: >-
#   A driver that filters file access, as products for antivirus, backup, encryption and monitoring do. It runs
#   in the kernel, which is no injection into Exchange; it names the product, and tells whose exclusions for
#   the databases, logs and processes of Exchange to check. What kind it is follows from its altitude. Which
#   drivers are of Windows is knowledge.
# related_resources:
#   - ref: https://learn.microsoft.com/windows-hardware/drivers/ifs/allocated-altitudes
#   - ref: https://learn.microsoft.com/exchange/antispam-and-antimalware/windows-antivirus-software
# custom:
#   id: EXV-INJ-035
#   stance: review
#   severity: info
#   clause: "-"
#   basis: inference
#   needs: [services.minifilters]
#   remediation: >-
#     Check that the product excludes what Microsoft asks it to exclude on a server with Exchange.
package exvet.rules.injection.minifilter

import data.exvet.injection
import data.exvet.known
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.services.minifilters
	not known.windows.minifilters[row.service_key]
	finding := {
		"subject": rule.subject(["registry", row.ref]),
		"message": sprintf("the driver %s filters file access at altitude %s%s", [
			row.service,
			row.altitude,
			injection.kind_of_filter(row.altitude),
		]),
		"evidence": [rule.registry(row.ref, row.altitude)],
		"binary": row.path_key,
		"integration": products.owner("filters", row.service, row.path_key),
	}
}
