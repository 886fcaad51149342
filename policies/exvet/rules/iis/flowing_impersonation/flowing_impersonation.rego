# METADATA
# title: Runtime settings of an Exchange pool carry impersonation to other threads
# description: >-
#   alwaysFlowImpersonationPolicy makes the .NET runtime hand the account a thread runs under to the threads it
#   starts, and legacyImpersonationPolicy, set to false, does so for managed code (low). Exchange's threads must
#   run under the account of the process. legacyImpersonationPolicy set to true is what ASP.NET comes with, and
#   stops the account from flowing; it is not reported.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/dotnet/framework/configure-apps/file-schema/runtime/
# custom:
#   id: EXV-IIS-033C
#   stance: review
#   severity: medium
#   clause: C1
#   basis: inference
#   needs: [iis.clr_configs, iis.pools, iis.apps, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Set the policy back as the update of this build installs the file, recycle the pool, and ask the vendor of
#     the product that changed it how it works without.
#   repro: >-
#     Save the file, set the policy back, recycle the pool, and watch for events 4999 for as long as the problem
#     used to take to come back.
package exvet.rules.iis.flowing_impersonation

import data.exvet.iis
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some config in iis.runtime_files
	some element, severities in _severities
	some setting in config.values
	lower(setting.element) == element
	lower(setting.attribute) == "enabled"
	severity := severities[lower(trim_space(setting.value))]
	finding := {
		"subject": rule.subject(["config", config.file, setting.element]),
		"message": sprintf("%s sets %s to %s for %s; consistent with clause C1", [
			config.file,
			setting.element,
			setting.value,
			concat(", ", config.pools),
		]),
		"severity": severity,
		"evidence": [rule.evidence(setting, sprintf("enabled=\"%s\"", [setting.value]))],
	}
}

# By element and value.
_severities := {
	"runtime/alwaysflowimpersonationpolicy": {"true": "medium"},
	"runtime/legacyimpersonationpolicy": {"false": "low"},
}
