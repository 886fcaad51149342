# METADATA
# title: Module of Exchange removed or moved in the pipeline
# description: >-
#   Exchange adds modules of its own to each of its applications, in an order that counts: a module changes what
#   the ones after it see. One of them is gone from an application, its preconditions keep it out, or the order
#   is another; the module that checks the host header comes first. What an application has is compared with
#   what setup gives the folder it serves, from Exchange 2016 CU22 and 2019 CU10 on, where the lists were
#   measured. Modules IIS adds to the whole server do not count: TokenCacheModule was removed by Microsoft's own
#   mitigation of CVE-2023-21709.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/configuration/system.webserver/modules/
# custom:
#   id: EXV-IIS-005
#   stance: review
#   severity: medium
#   clause: C2
#   basis: inference
#   needs: [iis.module_order, iis.modules, iis.apps, iis.pools, exchange.root, exchange.build]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Put the modules back as the update of this build installed them: take web.config from a server of the same
#     build, or run the update again, and keep your size limits. Ask whoever removed them for the reason.
#   repro: >-
#     Save the web.config, put the modules back, recycle the pool, and test again with the application that
#     wanted them away.
package exvet.rules.iis.removed_exchange_module

import data.exvet.iis
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some [app, module] in iis.missing_modules
	not module in iis.guards
	text := sprintf("module %s of Exchange does not run in %s", [module, app.scope])
	finding := _finding(app, ["module", app.scope, module], text)
}

findings contains finding if {
	some [app, found, want] in iis.reordered_modules
	text := sprintf("%s asks Exchange's modules in another order (%s) than setup's (%s)", [
		app.scope,
		concat(", ", found),
		concat(", ", want),
	])
	finding := _finding(app, ["config", app.scope, "system.webServer/modules"], text)
}

findings contains finding if {
	some [app, front] in iis.overtaken_modules
	text := sprintf("%s of %s comes before HostHeaderValidationModule, which Exchange puts first", [
		concat(", ", front),
		app.scope,
	])
	finding := _finding(app, ["module", app.scope, "HostHeaderValidationModule"], text)
}

_finding(app, subject, message) := {
	"subject": rule.subject(subject),
	"message": concat("", [message, "; consistent with clause C2"]),
	"evidence": [rule.evidence(iis.modules_evidence(app), sprintf("modules of %s", [app.scope]))],
}
