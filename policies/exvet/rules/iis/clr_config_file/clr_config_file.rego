# METADATA
# title: Exchange pool takes its runtime settings from an unexpected file
# description: >-
#   CLRConfigFile names the file a pool takes the settings of the .NET runtime from, the code it loads first
#   among them. Setup gives every pool of Exchange one in the bin folder of Exchange, a generic one or one named
#   after the pool, and the pools of IIS as well, which are not judged. A file in another folder, or of another
#   name, is not Exchange's. A pool that names none takes the settings of the .NET Framework.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/configuration/system.applicationhost/applicationpools/add/
# custom:
#   id: EXV-IIS-033
#   stance: review
#   severity: high
#   clause: C5
#   basis: inference
#   needs: [iis.pools, iis.apps, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Read the file, keep a copy, set CLRConfigFile back to the file setup gave the pool, and recycle it.
#   repro: >-
#     Save the configuration with appcmd add backup, set the file back, recycle the pool, and test again.
package exvet.rules.iis.clr_config_file

import data.exvet.iis
import data.exvet.known
import data.exvet.path
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	path.exchange_root
	some pool in input.facts.iis.pools
	pool.key in iis.pools
	not known.baseline.stock_pools[pool.key]
	pool.clr_config_key != ""
	not _expected(pool)
	finding := {
		"subject": rule.subject(["pool", pool.name]),
		"message": sprintf("%s takes its runtime settings from %s; consistent with clause C5 if they load code", [
			pool.name,
			pool.clr_config_file,
		]),
		"evidence": [rule.evidence(pool, sprintf("CLRConfigFile=\"%s\"", [pool.clr_config_file]))],
	}
}

_expected(pool) if {
	path.dir(path.token(pool.clr_config_key)) == `{exchange}\bin`
	_known_name(pool, path.base(pool.clr_config_key))
}

_known_name(_, name) if known.clr_configs[name]

_known_name(pool, name) if name == concat("", [pool.key, "_clrconfig.config"])
