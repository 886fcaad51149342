# METADATA
# title: Start-up variable of .NET Core
# description: >-
#   Variables of .NET Core (CORECLR_, DOTNET_), a profiler or a start-up hook among them, reach processes of
#   Exchange. They do nothing there, as Exchange runs on the .NET Framework; they say that a product monitors
#   applications on this server.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/dotnet/core/runtime-config/debugging-profiling
# custom:
#   id: EXV-INJ-021
#   stance: review
#   severity: info
#   clause: C5
#   basis: inference
#   needs: [injection.environment, services.list, services.environment]
#   remediation: >-
#     Nothing, if the product is wanted for other applications.
package exvet.rules.injection.core_variable

import data.exvet.injection
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some [scope, row, "core"] in injection.variables
	finding := {
		"subject": rule.subject(["registry", row.ref]),
		"message": sprintf("%s gets %s, which does nothing in Exchange; consistent with clause C5 only in .NET Core", [
			scope.who,
			injection.spell(row),
		]),
		"evidence": [rule.registry(row.ref, injection.spell(row))],
		"integration": products.owner("profilers", row.value, ""),
	}
}
