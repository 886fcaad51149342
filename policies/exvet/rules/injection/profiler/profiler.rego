# METADATA
# title: Profiler loaded into processes of Exchange
# description: >-
#   COR_ENABLE_PROFILING=1 with COR_PROFILER makes the .NET Framework load a profiler into each process that
#   gets these variables, as products that monitor applications do. They are set for the whole server, for
#   LocalSystem or NetworkService, for a service of Exchange, or for WAS or W3SVC, which start the worker
#   processes. What a process gets is put together as Windows does: a service's variables come before its
#   account's, those before the server's. Profilers that are switched off, registered for 32-bit programs only
#   or of a class of Microsoft's are only worth a look (EXV-INJ-020B); the variables of a pool are EXV-IIS-032.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/dotnet/framework/unmanaged-api/profiling/setting-up-a-profiling-environment
#   - ref: https://attack.mitre.org/techniques/T1574/012/
# custom:
#   id: EXV-INJ-020
#   stance: unsupported
#   severity: high
#   clause: C5
#   basis: inference
#   needs: [injection.environment, injection.profilers, services.list, services.environment]
#   remediation: >-
#     Have the product leave Exchange out, by setting its variables for the pools and services of other
#     applications only, or uninstall it, and restart the services. Where nobody knows of such a product, treat
#     it as a possible compromise and keep the evidence.
#   alternative: >-
#     Monitor Exchange from outside: managed availability, performance counters, logs and protocol probes.
#   repro: >-
#     Export the key with reg export, take the variables out, restart WAS and the services of Exchange, check
#     that the profiler is not among the modules of a worker process, and test again.
package exvet.rules.injection.profiler

import data.exvet.binary
import data.exvet.injection
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some found in injection.profilers
	found.state == "on"
	finding := {
		"subject": rule.subject(["registry", found.anchor.ref]),
		"message": binary.tell(found.file, sprintf("the %s%s is loaded into %s; consistent with clause C5", [
			injection.named(found.profiler),
			injection.in_file(found.file),
			found.scope.who,
		])),
		"evidence": array.concat(
			[rule.registry(row.ref, injection.spell(row)) | some row in found.rows],
			binary.evidence(found.file),
		),
		"binary": found.file,
		"integration": products.owner("profilers", found.profiler, found.file),
	}
}
