# METADATA
# title: Foreign module or handler that IIS refuses to apply
# description: >-
#   A module or handler that Exchange setup did not write stands in the configuration of a path of Exchange.
#   IIS refuses it, since its section is locked farther up or does not belong in that place, and answers
#   requests there with an error. It would take effect with one change to the lock.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/configuration/system.webserver/modules/
# custom:
#   id: EXV-IIS-004B
#   stance: review
#   severity: medium
#   clause: C3
#   basis: inference
#   needs: [iis.rejected, iis.apps, iis.directories, iis.pools, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Uninstall the product from this server, or move it to a reverse proxy or an IIS server of its own, where
#     it shares no worker process with Exchange.
#   alternative: >-
#     A transport agent, EWS or Graph for mail; AD FS or hybrid modern authentication in front of Exchange for
#     signing in.
#   repro: >-
#     Save the configuration with appcmd add backup, take the entry out, restart W3SVC and WAS, check the
#     modules of the worker process, and test again; appcmd restore backup puts it back.
package exvet.rules.iis.refused_module

import data.exvet.iis
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some match in iis.refused
	kind := _kinds[match.entry.section]
	finding := {
		"subject": rule.subject([kind, match.scope, match.entry.name]),
		"message": sprintf("IIS refuses %s %s (%s) in %s: %s; applied, it would be consistent with clause C3", [
			kind,
			match.entry.name,
			match.entry.value,
			match.scope,
			match.entry.reason,
		]),
		"evidence": [rule.evidence(match.entry, match.entry.value)],
	}
}

_kinds := {
	"system.webServer/modules": "module",
	"system.webServer/globalModules": "global-module",
	"system.webServer/handlers": "handler",
}
