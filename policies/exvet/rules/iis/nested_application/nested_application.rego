# METADATA
# title: Foreign application on a site of Exchange
# description: >-
#   An application that setup did not create stands on a site with applications of Exchange, in a pool of its
#   own. It shares no worker process with Exchange, and yet the site: its ISAPI filters see the requests of both,
#   and an update of Exchange may break it or be broken by it. A second application on a folder of Exchange, and
#   a site for Outlook on the web with a root of its own, are not foreign.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/configuration/system.applicationhost/sites/site/application/
# custom:
#   id: EXV-IIS-021
#   stance: review
#   severity: medium
#   clause: "-"
#   basis: inference
#   needs: [iis.apps, iis.sites, iis.pools, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Give the product a site of its own with its own host name, or a server of its own.
#   repro: >-
#     Stop the pool of the application and test again.
package exvet.rules.iis.nested_application

import data.exvet.hosting
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some app in hosting.neighbours
	finding := {
		"subject": rule.subject(["app", app.scope]),
		"message": sprintf("%s (%s) is no application of Exchange, on a site of Exchange in pool %s", [
			app.scope,
			app.physical_path,
			app.pool,
		]),
		"evidence": [rule.evidence(app, app.physical_path)],
	}
}
