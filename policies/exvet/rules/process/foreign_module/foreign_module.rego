# METADATA
# title: Module of another product in a process of Exchange
# description: >-
#   A process of Exchange has a DLL in memory that is signed by somebody other than Microsoft. Exchange does not load
#   it: it was injected, by a hook, a profiler, a shell or security product. The support statement has no exemption
#   for security products. A product that is recognised by its files and its signer counts as medium; where
#   Windows recorded that the process crashed in it, and for any other, it is high. Registered AMSI providers are
#   expected where AMSI is loaded, and what IIS or transport is configured to load has rules of its own. A native image
#   is judged by the assembly .NET made it of.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/exchange/antispam-and-antimalware/windows-antivirus-software
# custom:
#   id: EXV-INJ-032
#   stance: unsupported
#   severity: high
#   clause: C5
#   basis: kb
#   needs:
#     - processes.list
#     - processes.workers
#     - processes.modules
#     - binaries.processes
#     - amsi.providers
#     - exchange.root
#     - iis.apps
#     - iis.pools
#   remediation: >-
#     Ask the product's vendor for a configuration that is supported with Exchange: no hooks and no injection in
#     Exchange's processes, and the exclusions Microsoft documents. Protection of the server stays on.
#   alternative: >-
#     Scanning through AMSI or a transport agent, and file-level scanning with the documented exclusions.
#   repro: >-
#     Turn injection into Exchange's processes off in the product, restart the process, as modules stay loaded until
#     then, list its modules again, and test.
package exvet.rules.process.foreign_module

import data.exvet.binary
import data.exvet.process
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some found in process.foreign
	found.trust == "signed"
	key := found.key
	finding := {
		"subject": rule.subject(["process", found.label, found.file]),
		"message": sprintf("%s has %s in memory, %s%s%s", [
			found.label,
			found.module.path,
			found.made,
			binary.said(key),
			_crashed(found.module.key),
		]),
		"severity": _severity(key),
		"evidence": array.concat(
			[process.evidence(process.by_pid[pid], found.module.path) | some pid in found.pids],
			binary.evidence(key),
		),
		"binary": key,
		"integration": products.file_owner(key),
	}
}

default _severity(_) := "high"

_severity(key) := "medium" if {
	_recognised(key)
	not _crashes[key]
}

# The vendor a file's name points at signed it.
_recognised(key) if {
	vendor := products.file_vendor(key)
	vendor != ""
	startswith(lower(binary.by_key[key].signature.subject_o), lower(vendor))
}

default _crashed(_) := ""

_crashed(key) := "; a process crashed in it" if _crashes[key]

_crashes := {crash.module_path_key: true | some crash in input.facts.events.crashes}
