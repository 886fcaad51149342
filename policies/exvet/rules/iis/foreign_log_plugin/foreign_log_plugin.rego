# METADATA
# title: Foreign class writes the log of an Exchange site
# description: >-
#   A site of Exchange gives its log to a COM class that is none of the four IIS has (W3C, NCSA, IIS, ODBC).
#   Windows loads the class into the processes that log, with every address and account that asks Exchange.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/configuration/system.applicationhost/sites/site/logfile/
# custom:
#   id: EXV-IIS-053
#   stance: review
#   severity: medium
#   clause: C3
#   basis: inference
#   needs: [iis.sites, iis.apps, iis.directories, iis.pools, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Set the log format of the site back to W3C, and let the product read the log files instead.
#   alternative: >-
#     Any log collector that reads the files IIS writes.
#   repro: >-
#     Note the values, set logFormat to W3C for the site, test again, and put them back.
package exvet.rules.iis.foreign_log_plugin

import data.exvet.iis
import data.exvet.known
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some site in input.facts.iis.sites
	site.name in iis.sites
	site.log_plugin_clsid != ""
	not known.settings.log_plugins[lower(site.log_plugin_clsid)]
	finding := {
		"subject": rule.subject(["config", site.name, "logFile/customLogPluginClsid"]),
		"message": sprintf("class %s writes the log of site %s; consistent with clause C3", [
			site.log_plugin_clsid,
			site.name,
		]),
		"evidence": [rule.evidence(site, site.log_plugin_clsid)],
	}
}
