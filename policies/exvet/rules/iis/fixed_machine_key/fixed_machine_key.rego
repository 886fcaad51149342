# METADATA
# title: Machine key written into a configuration
# description: >-
#   ASP.NET signs and encrypts the state of pages and cookies with a machine key. Exchange setup lets each
#   server make its own (AutoGenerate); here one is written out. Whoever knows it can make the server run
#   code by a forged page state, as with CVE-2020-0688, when the Exchange Control Panel had the same key
#   everywhere: on a build before February 2020 this is that key. On a farm of servers it may be meant. The
#   key itself is not read.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://msrc.microsoft.com/update-guide/vulnerability/CVE-2020-0688
#   - ref: https://learn.microsoft.com/previous-versions/dotnet/netframework-4.0/w8h3skw9(v=vs.100)
# custom:
#   id: EXV-IIS-052
#   stance: review
#   severity: medium
#   clause: "-"
#   basis: inference
#   needs: [iis.settings, iis.apps, iis.directories, iis.pools, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Install the current update of Exchange, set the key back to AutoGenerate,IsolateApps, and treat the old
#     key as known to others: look for events 1316 of ASP.NET with a failed check of the page state.
#   repro: >-
#     Save the file, set validationKey to AutoGenerate,IsolateApps, recycle the pool, and test again.
package exvet.rules.iis.fixed_machine_key

import data.exvet.iis
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some place in {place | some setting in _written; some place in iis.places(setting.scopes)}
	keys := [setting | some setting in _written; place in iis.places(setting.scopes)]
	finding := {
		"subject": rule.subject(["config", place, "system.web/machineKey"]),
		"message": sprintf("%s written out %s; setup leaves it to the server (AutoGenerate)", [
			concat(" and ", [sprintf(`%s="%s"`, [setting.name, setting.value]) | some setting in keys]),
			iis.place_text(place),
		]),
		"evidence": [rule.evidence(setting, sprintf(`%s="%s"`, [setting.name, setting.value])) |
			some setting in keys
		],
	}
}

_written := [setting |
	some setting in input.facts.iis.settings
	setting.section == "system.web/machineKey"
	setting.name in {"validationKey", "decryptionKey"}
	not _generated(setting.value)
]

_generated("")

_generated(value) if startswith(lower(value), "autogenerate")
