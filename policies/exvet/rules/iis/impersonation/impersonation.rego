# METADATA
# title: Exchange application runs requests under the account of the user
# description: >-
#   With impersonation on, ASP.NET runs the threads of an application under the account of whoever sends the
#   request. Exchange setup turns it on nowhere: its threads must run under the account of the process.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/previous-versions/dotnet/netframework-4.0/72wdk8cc(v=vs.100)
# custom:
#   id: EXV-IIS-047
#   stance: unsupported
#   severity: critical
#   clause: C1
#   basis: inference
#   needs: [iis.settings, iis.apps, iis.directories, iis.pools, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Remove the setting. The product must not run Exchange's threads under a user's account; it calls EWS
#     with an impersonation role, or Graph, under its own.
#   alternative: >-
#     EWS with a scoped ApplicationImpersonation role, or Graph; AD FS or hybrid modern authentication for
#     signing in.
#   repro: >-
#     Save the file, remove the setting, recycle the pool, and watch for events 4999 for as long as the
#     problem used to take to come back.
package exvet.rules.iis.impersonation

import data.exvet.iis
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some setting in input.facts.iis.settings
	setting.section == "system.web/identity"
	setting.name == "impersonate"
	lower(setting.value) == "true"
	some scope in setting.scopes
	iis.scopes[scope]
	finding := {
		"subject": rule.subject(["config", scope, "system.web/identity/impersonate"]),
		"message": sprintf("impersonate=\"%s\" in %s; consistent with clause C1, impersonation of Exchange's threads", [
			setting.value,
			scope,
		]),
		"evidence": rule.history(setting, sprintf("impersonate=\"%s\"", [setting.value])),
	}
}
