# METADATA
# title: Script that runs with cmdlets of Exchange is worth reading
# description: >-
#   ScriptingAgentConfig.xml extends cmdlets of Exchange by scripts, which the Scripting Agent runs as
#   administrators work: a supported way, with an administrator's rights. Whether the agent is enabled is
#   known to Get-CmdletExtensionAgent alone; the text of the script is not kept.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/client-developer/management/exchange-management-shell
# custom:
#   id: EXV-SUP-005B
#   stance: review
#   severity: low
#   clause: S
#   basis: inference
#   needs: [transport.extension_scripts]
#   remediation: >-
#     Read the script; let only administrators write to the file.
package exvet.rules.organisation.reviewed_extension_script

import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some script in input.facts.transport.extension_scripts
	finding := {
		"subject": rule.subject(["extension", concat("/", [script.feature, script.call])]),
		"message": sprintf(
			"%s runs a script with %s (%s, %d bytes); consistent with clause S, a supported method",
			[script.feature, script.cmdlets, script.call, script.size],
		),
		"evidence": [rule.evidence(script, script.cmdlets)],
		"integration": products.script(script),
	}
}
