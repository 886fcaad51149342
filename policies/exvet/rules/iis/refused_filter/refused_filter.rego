# METADATA
# title: ISAPI filter that IIS refuses to apply
# description: >-
#   An ISAPI filter stands in the configuration of a path of Exchange where filters are not allowed. IIS
#   refuses it, since its section is locked farther up or does not belong in that place, and answers requests
#   there with an error. It would take effect with one change to the lock.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/configuration/system.webserver/isapifilters/
# custom:
#   id: EXV-IIS-010C
#   stance: review
#   severity: medium
#   clause: C2
#   basis: inference
#   needs: [iis.rejected, iis.apps, iis.directories, iis.pools, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Remove the entry from Exchange's paths, and do the work on a load balancer or web application firewall
#     in front of the server.
#   alternative: >-
#     An external proxy for headers and bodies, add-ins for the user interface, the documented style sheets
#     and images for branding.
#   repro: >-
#     Save the configuration with appcmd add backup, disable this one entry on this application, and test
#     again; appcmd restore backup puts it back.
package exvet.rules.iis.refused_filter

import data.exvet.iis
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some match in iis.refused
	kind := _kinds[match.entry.section]
	finding := {
		"subject": rule.subject([kind, match.scope, match.entry.name]),
		"message": sprintf("IIS refuses %s %s (%s) in %s: %s; applied, it would be consistent with clause C2", [
			kind,
			match.entry.name,
			match.entry.value,
			match.scope,
			match.entry.reason,
		]),
		"evidence": [rule.evidence(match.entry, match.entry.value)],
	}
}

_kinds := {"system.webServer/isapiFilters": "filter"}
