# METADATA
# title: Winsock provider that processes of Exchange do not load
# description: >-
#   A provider of the Winsock catalogs that is not of Windows, and that Exchange does not load: one of a
#   hypervisor's own address family, which only programs load that ask for it (low), or one for 32-bit programs
#   (info).
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
# custom:
#   id: EXV-INJ-009B
#   stance: review
#   severity: low
#   clause: C5
#   basis: inference
#   needs: [injection.winsock_providers]
#   remediation: >-
#     Nothing, if the product is wanted; keep the tools of the hypervisor current.
package exvet.rules.injection.lesser_winsock_provider

import data.exvet.binary
import data.exvet.known
import data.exvet.path
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.injection.winsock_providers
	row.kind in {"protocol", "namespace"}
	row.dll != ""
	[why, severity] := _lesser(row, path.token(row.dll_key))
	finding := {
		"subject": rule.subject(["registry", row.ref]),
		"message": binary.tell(
			row.dll_key,
			sprintf("Winsock provider %s (%s): %s; consistent with clause C5 where it is loaded", [
				row.dll,
				row.name,
				why,
			]),
		),
		"severity": severity,
		"evidence": array.concat([rule.registry(row.ref, row.dll)], binary.evidence(row.dll_key)),
		"binary": row.dll_key,
		"integration": products.file_owner(row.dll_key),
	}
}

_lesser(row, file) := ["for 32-bit programs", "info"] if {
	row.view == "32"
	not _stock[path.base(file)]
} else := ["an address family of the hypervisor", "low"] if known.windows.winsock_hypervisors[file]

# Windows lists the same files for programs of both kinds.
_stock := {path.base(file): true | some file, _ in known.windows.winsock}
