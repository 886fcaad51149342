# METADATA
# title: Winsock provider that is not of Windows
# description: >-
#   Programs that open a socket, as nearly all of Exchange do, load the DLLs of the Winsock catalogs: layered
#   providers that see the traffic, and name services. One of the 64-bit catalogs is not of Windows. That of
#   VMware's own address family, and the catalogs of 32-bit programs, are only worth a look (EXV-INJ-009B).
#   Files are known by path; signatures are not looked at.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/windows/win32/winsock/categorizing-layered-service-providers-and-applications
# custom:
#   id: EXV-INJ-009
#   stance: unsupported
#   severity: high
#   clause: C5
#   basis: inference
#   needs: [injection.winsock_providers]
#   remediation: >-
#     Have the vendor leave the processes of Exchange out of it, or uninstall the product from this server, and
#     restart the services. Where nobody knows of such a product, treat it as a possible compromise and keep
#     the evidence.
#   alternative: >-
#     Filtering by the Windows Filtering Platform, outside of processes.
#   repro: >-
#     Save netsh winsock show catalog, remove the provider with the product's own uninstaller, restart the
#     server, and test again.
package exvet.rules.injection.winsock_provider

import data.exvet.binary
import data.exvet.known
import data.exvet.path
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.injection.winsock_providers
	row.view == "64"
	row.kind in {"protocol", "namespace"}
	row.dll != ""
	not known.windows.winsock[path.token(row.dll_key)]
	not known.windows.winsock_hypervisors[path.token(row.dll_key)]
	finding := {
		"subject": rule.subject(["registry", row.ref]),
		"message": binary.tell(
			row.dll_key,
			sprintf("programs with a socket load %s (%s); consistent with clause C5", [row.dll, row.name]),
		),
		"evidence": array.concat([rule.registry(row.ref, row.dll)], binary.evidence(row.dll_key)),
		"binary": row.dll_key,
		"integration": products.file_owner(row.dll_key),
	}
}
