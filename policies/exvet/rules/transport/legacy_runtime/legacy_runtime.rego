# METADATA
# title: Transport service set to run agents of old .NET versions
# description: >-
#   A program of the transport services is set to take agents built for .NET 2.0 to 3.5. The setting is a
#   bridge for old agents and goes away with them.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/mail-flow/transport-agents/transport-agents
# custom:
#   id: EXV-TRA-008
#   stance: deprecated
#   severity: low
#   clause: S
#   basis: inference
#   needs: [transport.settings]
#   remediation: >-
#     Ask the vendor for an agent of the current .NET version, then take the setting back.
#   alternative: >-
#     An agent built for the version of .NET that Exchange runs on.
package exvet.rules.transport.legacy_runtime

import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some setting in input.facts.transport.settings
	_legacy(setting)
	finding := {
		"subject": rule.subject(["config", concat("/", [setting.program, setting.name])]),
		"message": sprintf(
			"%s runs agents of old .NET versions: %s is %s",
			[setting.program, setting.name, setting.value],
		),
		"evidence": [rule.evidence(setting, setting.value)],
	}
}

_legacy(setting) if {
	setting.name == "use_legacy_v2_runtime"
	setting.value == "true"
}

_legacy(setting) if {
	setting.name == "supported_runtime"
	startswith(lower(setting.value), "v2.")
}
