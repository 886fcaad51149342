# METADATA
# title: Environment variables of an Exchange service
# description: >-
#   Setup gives the services of Exchange, WAS and W3SVC no environment variables of their own. They say that a
#   product means to act in these processes, as those beside a profiler do. Variables that load code are judged
#   by EXV-INJ-020 to EXV-INJ-022 and not repeated.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
# custom:
#   id: EXV-SVC-006
#   stance: review
#   severity: medium
#   clause: C5
#   basis: inference
#   needs: [services.list, services.environment, injection.environment, exchange.root]
#   remediation: >-
#     Find the product that set the variables, have it leave Exchange out, and take them away.
#   repro: >-
#     Export the key with reg export, take the entry out, restart the server or the services, and test again;
#     importing the file puts it back.
package exvet.rules.service.environment

import data.exvet.injection
import data.exvet.rule
import data.exvet.service

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some scope in injection.scopes
	scope.kind == "service"
	rows := [row | some [where, row, "other"] in injection.variables; where == scope]
	count(rows) > 0
	finding := {
		"subject": rule.subject(["service", service.hosts[scope.key]]),
		"message": sprintf("%s gets %s; consistent with clause C5 if a product reads it there", [
			scope.who,
			concat(" ", sort([row.name | some row in rows])),
		]),
		"evidence": [rule.registry(row.ref, injection.spell(row)) | some row in rows],
	}
}
