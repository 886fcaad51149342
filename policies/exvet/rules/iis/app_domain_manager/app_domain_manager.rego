# METADATA
# title: Runtime settings of an Exchange pool name a manager of application domains
# description: >-
#   The file an Exchange pool takes the settings of the .NET runtime from names an appDomainManagerAssembly or
#   appDomainManagerType: an assembly the runtime loads and calls before anything of Exchange runs. No product
#   needs that in Exchange, and attackers use it to run in a trusted process.
# related_resources:
#   - ref: https://learn.microsoft.com/dotnet/framework/configure-apps/file-schema/runtime/
#   - ref: https://attack.mitre.org/techniques/T1574/014/
# custom:
#   id: EXV-IIS-033B
#   stance: security
#   severity: critical
#   clause: C5
#   basis: inference
#   needs: [iis.clr_configs, iis.pools, iis.apps, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Treat it as a possible compromise: isolate the server, keep the file and the assembly with their times as
#     evidence, and follow your incident response. Do not just delete them.
#   repro: >-
#     Keep a copy of the file and of the assembly before anything is changed.
package exvet.rules.iis.app_domain_manager

import data.exvet.iis
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some config in iis.runtime_files
	settings := [setting |
		some setting in config.values
		lower(setting.element) in {"runtime/appdomainmanagerassembly", "runtime/appdomainmanagertype"}
	]
	count(settings) > 0
	finding := {
		"subject": rule.subject(["file", config.file]),
		"message": sprintf("%s has %s loaded into %s; consistent with clause C5", [
			config.file,
			concat(" and ", [setting.value | some setting in settings]),
			concat(", ", config.pools),
		]),
		"evidence": [rule.evidence(setting, setting.value) | some setting in settings],
	}
}
