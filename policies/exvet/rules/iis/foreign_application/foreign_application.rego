# METADATA
# title: Foreign application in an Exchange pool
# description: >-
#   The worker processes of Exchange belong to Exchange alone. An application or virtual directory that setup
#   did not create runs in one of its pools.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/configuration/system.applicationhost/sites/site/application/
# custom:
#   id: EXV-IIS-020
#   stance: unsupported
#   severity: high
#   clause: C3
#   basis: kb
#   needs: [iis.apps, iis.sites, iis.pools, iis.directories, exchange.root]
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
package exvet.rules.iis.foreign_application

import data.exvet.hosting
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some guest in hosting.guests
	guest.class == "foreign"
	finding := {
		"subject": rule.subject(["app", guest.place]),
		"message": sprintf("%s (%s) runs in %s", [guest.place, guest.entry.physical_path, guest.pool]),
		"evidence": [rule.evidence(guest.entry, guest.entry.physical_path)],
	}
}
