# METADATA
# title: Profiler for Exchange that is off, or of a class of Microsoft's
# description: >-
#   Variables of a profiler for the .NET Framework reach processes of Exchange, and the case is not clear: its
#   class is one of Microsoft's own, such as that of System Center (medium: not Exchange's code all the same,
#   and a class can be borrowed, so check the signature of the file); profiling is switched on and no profiler
#   is named, as a pool may do (medium); it is switched off (low); or it is registered for 32-bit programs
#   only, of which Exchange has none (info).
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/dotnet/framework/unmanaged-api/profiling/setting-up-a-profiling-environment
#   - ref: https://attack.mitre.org/techniques/T1574/012/
# custom:
#   id: EXV-INJ-020B
#   stance: review
#   severity: medium
#   clause: C5
#   basis: inference
#   needs: [injection.environment, injection.profilers, services.list, services.environment]
#   remediation: >-
#     Find the product that set the variables, and take them away when it is not used or not wanted in
#     Exchange.
#   repro: >-
#     Export the key with reg export, take the variables out, restart WAS and the services of Exchange, and
#     test again.
package exvet.rules.injection.lesser_profiler

import data.exvet.binary
import data.exvet.injection
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some found in injection.profilers
	[why, severity] := _lesser[found.state]
	finding := {
		"subject": rule.subject(["registry", found.anchor.ref]),
		"message": binary.tell(found.file, sprintf("%s%s for %s: %s; consistent with clause C5 where it is loaded", [
			injection.named(found.profiler),
			injection.in_file(found.file),
			found.scope.who,
			why,
		])),
		"severity": severity,
		"evidence": array.concat(
			[rule.registry(row.ref, injection.spell(row)) | some row in found.rows],
			binary.evidence(found.file),
		),
		"binary": found.file,
		"integration": products.owner("profilers", found.profiler, found.file),
	}
}

_lesser := {
	"microsoft": ["a class of Microsoft's", "medium"],
	"unnamed": ["profiling is switched on", "medium"],
	"off": ["not switched on", "low"],
	"bit32": ["registered for 32-bit programs only", "info"],
}
