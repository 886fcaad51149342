# METADATA
# title: Module nobody vouches for in a process of Exchange
# description: >-
#   A process of Exchange has a DLL in memory that is not signed, or whose signature is false (critical), or leads
#   to nobody this server trusts (high). Backdoors are loaded like this. Native images are not signed by design: the
#   assembly they were made of counts. Nor are pages ASP.NET compiled, as long as its record of them and their source
#   are there and belong there; transport agents may be unsigned and have rules of their own.
# related_resources:
#   - ref: https://attack.mitre.org/techniques/T1055/001/
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
# custom:
#   id: EXV-INJ-032B
#   stance: security
#   severity: critical
#   clause: C5
#   basis: inference
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
#     Find out whose the file is and what brought it in. Unless somebody vouches for it, treat it as a compromise: keep
#     the file and the memory of the process.
#   repro: >-
#     Keep a copy of the file, take away what loads it, restart the process, and list its modules again.
package exvet.rules.process.unsigned_module

import data.exvet.binary
import data.exvet.process
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some found in process.foreign
	found.trust in {"unsigned", "bad", "untrusted"}
	key := found.key
	finding := {
		"subject": rule.subject(["process", found.label, found.file]),
		"message": sprintf("%s has %s in memory, %s%s; consistent with clause C5, injected code", [
			found.label,
			found.module.path,
			found.made,
			binary.said(key),
		]),
		"severity": {"unsigned": "critical", "bad": "critical", "untrusted": "high"}[found.trust],
		"evidence": array.concat(
			[process.evidence(process.by_pid[pid], found.module.path) | some pid in found.pids],
			binary.evidence(key),
		),
		"binary": key,
		"integration": products.file_owner(key),
	}
}
