# METADATA
# title: Script that runs with cmdlets of Exchange
# description: >-
#   ScriptingAgentConfig.xml extends cmdlets of Exchange by scripts, which the Scripting Agent runs as
#   administrators work: a supported way, with an administrator's rights. Whether the agent is enabled is
#   known to Get-CmdletExtensionAgent alone; the text of the script is not kept.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/client-developer/management/exchange-management-shell
# custom:
#   id: EXV-SUP-005
#   stance: supported
#   severity: info
#   clause: S
#   basis: inference
#   needs: [transport.extension_scripts]
#   remediation: >-
#     Nothing: this is the supported way.
package exvet.rules.organisation.extension_script

import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some script in input.facts.transport.extension_scripts
	finding := {
		"subject": rule.subject(["extension", concat("/", [script.feature, script.call])]),
		"message": sprintf(
			"%s runs a script with %s (%s, %d bytes)",
			[script.feature, script.cmdlets, script.call, script.size],
		),
		"evidence": [rule.evidence(script, script.cmdlets)],
		"integration": products.script(script),
	}
}
