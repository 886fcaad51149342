package exvet.event

import data.exvet.hosting
import data.exvet.iis
import data.exvet.known
import data.exvet.rule

# METADATA
# description: |
#   suspects holds what of others runs in Exchange's pools today, or makes them run as another account: the key of the
#   pool, what it is called and where it is declared. Native modules are in every pool.
suspects := ((_native | _managed) | _guests) | _impersonation

_native := {[pool.key, text, rule.evidence(module, module.image)] |
	some module in iis.foreign_global_modules
	iis.loads(module.preconditions)
	some pool in input.facts.iis.pools
	pool.key in iis.pools
	text := sprintf("native module %s", [module.name])
}

_managed := {[app.pool_key, text, rule.evidence(module, module.type)] |
	some module in input.facts.iis.modules
	module.type != ""
	not known.managed_modules[known.type_key(module)]
	some scope in module.scopes
	some app in input.facts.iis.apps
	app.scope == iis.scopes[scope]
	text := sprintf("module %s", [module.name])
}

_guests := {[lower(guest.pool), text, rule.evidence(guest.entry, guest.entry.physical_path)] |
	some guest in hosting.guests
	guest.class == "foreign"
	text := sprintf("application %s", [guest.place])
}

_impersonation := {[app.pool_key, text, rule.evidence(setting, sprintf("impersonate=\"%s\"", [setting.value]))] |
	some setting in input.facts.iis.settings
	setting.section == "system.web/identity"
	setting.name == "impersonate"
	lower(setting.value) == "true"
	some scope in setting.scopes
	some app in input.facts.iis.apps
	app.scope == iis.scopes[scope]
	text := sprintf("impersonate=\"%s\" in %s", [setting.value, scope])
}
