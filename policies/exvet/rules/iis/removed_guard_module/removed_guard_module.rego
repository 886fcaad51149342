# METADATA
# title: Module that guards an Exchange application removed
# description: >-
#   One of the modules that protect an application of Exchange does not run there: HttpRequestFilteringModule has
#   requests scanned by the antivirus program (AMSI), HostHeaderValidationModule and AnonymousRequestFilterModule
#   refuse forged requests, OAuthAuthModule and BackendRehydrationModule find out who is asking. Someone who
#   hides an attack takes such a module out, and so may a product that does not get along with it. A module that
#   this build does not have yet is not missed: the AMSI module came with Exchange 2016 CU21 and 2019 CU10.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/exchange/antispam-and-antimalware/amsi-integration-with-exchange
# custom:
#   id: EXV-IIS-005B
#   stance: security
#   severity: high
#   clause: C2
#   basis: inference
#   needs: [iis.module_order, iis.modules, iis.apps, iis.pools, exchange.root, exchange.build]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Find out who removed it and when. If nobody can say, treat it as a possible compromise: keep the web.config
#     with its times, and follow your incident response. Then put the module back as the update of this build
#     installed it.
#   repro: >-
#     Keep a copy of the web.config before anything is changed; put the module back and recycle the pool.
package exvet.rules.iis.removed_guard_module

import data.exvet.iis
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some [app, module] in iis.missing_modules
	module in iis.guards
	finding := {
		"subject": rule.subject(["module", app.scope, module]),
		"message": sprintf("module %s, which guards %s, does not run there; consistent with clause C2", [
			module,
			app.scope,
		]),
		"evidence": [rule.evidence(iis.modules_evidence(app), sprintf("modules of %s", [app.scope]))],
	}
}
