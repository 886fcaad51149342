# METADATA
# title: Module of a list of ours on a mail server
# description: >-
#   Acme keeps a list of IIS modules that its products add and that must not be on a mail server. This rule finds
#   each of them where it is effective in an application of Exchange.
# custom:
#   id: ACME-IIS-001
#   stance: review
#   severity: medium
#   clause: "-"
#   basis: inference
#   needs: [iis.modules, iis.apps, iis.directories, iis.pools, exchange.root]
#   remediation: Uninstall the product, or take the entry out with appcmd delete module.
#   alternative: A reverse proxy in front of Exchange that Acme runs.
#   repro: >-
#     Save the configuration with appcmd add backup, take the entry out, and test again; appcmd restore backup puts
#     it back.
package org.acme.rules.iis.forbidden_module

import data.exvet.iis
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some module in input.facts.iis.modules
	why := data.org.acme.modules[module.key]
	some scope in module.scopes
	iis.scopes[scope]
	finding := {
		"subject": rule.subject(["module", scope, module.name]),
		"message": sprintf("%s (%s) in %s: %s", [module.name, module.type, scope, why]),
		"evidence": [rule.evidence(module, module.type)],
	}
}
