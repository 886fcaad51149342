# METADATA
# title: Unexpected folder of a usual kind in an Exchange pool
# description: >-
#   Something setup did not create is served by an Exchange pool, of a kind that is common and seldom does
#   harm: another application on a folder of Exchange itself, the folder for certificate challenges, or the
#   scripts of ASP.NET.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/configuration/system.applicationhost/sites/site/application/
# custom:
#   id: EXV-IIS-020B
#   stance: review
#   severity: low
#   clause: C3
#   basis: inference
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
package exvet.rules.iis.lesser_foreign_application

import data.exvet.hosting
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some guest in hosting.guests
	guest.class == "usual"
	finding := {
		"subject": rule.subject(["app", guest.place]),
		"message": sprintf("%s (%s) is served by %s; with code of its own it would be consistent with clause C3", [
			guest.place,
			guest.entry.physical_path,
			guest.pool,
		]),
		"evidence": [rule.evidence(guest.entry, guest.entry.physical_path)],
	}
}
