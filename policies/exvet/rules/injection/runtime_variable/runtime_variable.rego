# METADATA
# title: Variable that makes the .NET Framework load other code
# description: >-
#   APPDOMAIN_MANAGER_ASM and APPDOMAIN_MANAGER_TYPE load a manager of application domains into a process
#   before its own code runs; COMPLUS_ variables and DEVPATH choose another runtime, another configuration or
#   another place for assemblies. One of them reaches processes of Exchange: set for the whole server, for
#   LocalSystem or NetworkService, for a service of Exchange, or for WAS or W3SVC. No use of them with Exchange
#   is known. Other COMPLUS_ variables, which tune the runtime as a rule, are high.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://attack.mitre.org/techniques/T1574/014/
# custom:
#   id: EXV-INJ-022
#   stance: security
#   severity: critical
#   clause: C5
#   basis: inference
#   needs: [injection.environment, services.list, services.environment]
#   remediation: >-
#     Find out who set it. Where nobody did, treat it as a compromise: keep the evidence and the files it
#     names, and follow your incident response before you take it out.
#   repro: >-
#     Export the key with reg export, take the variable out, restart WAS and the services of Exchange, and test
#     again.
package exvet.rules.injection.runtime_variable

import data.exvet.injection
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some [scope, row, class] in injection.variables
	class in {"manager", "runtime"}
	finding := {
		"subject": rule.subject(["registry", row.ref]),
		"message": sprintf("%s gets %s; consistent with clause C5", [scope.who, injection.spell(row)]),
		"severity": _severity(row.key),
		"evidence": [rule.registry(row.ref, injection.spell(row))],
	}
}

_severity(key) := "critical" if {
	startswith(key, "appdomain_manager_")
} else := "critical" if {
	key in {"complus_version", "complus_applicationmigrationruntimeactivationconfigpath", "devpath"}
} else := "high"
