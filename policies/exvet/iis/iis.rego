# METADATA
# description: |
#   What is Exchange's on an IIS server. Applications are Exchange's by the folder they serve or the pool they
#   run in, sites by their applications, and folders below by the application they belong to: never by a
#   site's name, which people change.
package exvet.iis

import data.exvet.path

# METADATA
# description: |
#   sides holds pairs of a scope and the side of Exchange its application lies on, by the folder it serves:
#   "front_end", "back_end", or "other" for any other folder of the installation. Pairs, since a damaged
#   configuration may name one application twice.
sides := {[app.scope, kind] |
	some app in input.facts.iis.apps
	kind := _folder_kind(path.token(app.physical_key))
}

_folder_kind(folder) := "front_end" if {
	path.below(folder, `{exchange}\frontend\httpproxy`)
} else := "back_end" if {
	path.below(folder, `{exchange}\clientaccess`)
} else := "back_end" if {
	path.below(folder, `{windir}\system32\rpcproxy`)
} else := "other" if {
	path.below(folder, "{exchange}")
}

# METADATA
# description: |
#   site_kinds holds, by site, the sides of Exchange it serves: both for a site someone mixed, none for a
#   site that is not Exchange's.
site_kinds := {site.name: kinds |
	some site in input.facts.iis.sites
	kinds := {kind | some kind in ["front_end", "back_end"]; [site.name, kind] in _site_sides}
}

_site_sides := {[app.site, _folder_kind(path.token(app.physical_key))] | some app in input.facts.iis.apps}

# METADATA
# description: |
#   pools holds the keys of Exchange's pools: those named as Exchange names them, and those an Exchange
#   application runs in under another name. DefaultAppPool serves the root of Exchange Back End on every
#   server and is not Exchange's for that.
pools := _named_pools | _hosting_pools

_named_pools := {pool.key |
	some pool in input.facts.iis.pools
	startswith(pool.key, "msexchange")
} | {app.pool_key |
	some app in input.facts.iis.apps
	startswith(app.pool_key, "msexchange")
}

_hosting_pools := {app.pool_key |
	some app in input.facts.iis.apps
	app.pool_key != "defaultapppool"
	_folder_kind(path.token(app.physical_key))
}

# METADATA
# description: |
#   apps holds the scopes of Exchange's applications: those that serve an Exchange folder or run in an Exchange
#   pool. The root of Default Web Site is one by its pool.
apps := {app.scope |
	some app in input.facts.iis.apps
	_is_exchange(app)
}

_is_exchange(app) if _folder_kind(path.token(app.physical_key))

_is_exchange(app) if app.pool_key in pools

# METADATA
# description: |
#   scopes tells, by scope, the Exchange application that configuration effective there reaches: the
#   application itself, or the one a folder below belongs to.
scopes := object.union(
	{directory.scope: directory.app |
		some directory in input.facts.iis.directories
		directory.app in apps
	},
	{scope: scope | some scope in apps},
)

# METADATA
# description: sites holds the names of the sites with an Exchange application.
sites := {app.site |
	some app in input.facts.iis.apps
	app.scope in apps
}

# METADATA
# scope: document
# description: folders tells, by scope, the path keys of the folder configuration effective there is for.
folders[app.scope] contains app.physical_key if some app in input.facts.iis.apps

folders[directory.scope] contains directory.physical_key if some directory in input.facts.iis.directories
