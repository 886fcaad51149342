# METADATA
# description: |
#   What runs in Exchange's pools that setup did not put there, and what of Exchange runs elsewhere. An
#   application with the path of one of Exchange's on that side of Exchange is Exchange's own, right or moved;
#   any other is a guest.
package exvet.hosting

import data.exvet.iis
import data.exvet.known
import data.exvet.path

# METADATA
# description: |
#   guests lists the applications and virtual directories setup did not create in Exchange's pools: the entry,
#   its place ("Default Web Site/portal"), its pool and its class, "usual" for what is common and seldom does
#   harm, else "foreign".
guests := _guest_apps | _guest_directories

_guest_apps := {guest |
	path.exchange_root
	some app in input.facts.iis.apps
	app.pool_key in iis.pools
	not _own(app)
	class := _app_class(app.site, path.token(app.physical_key))
	guest := {"entry": app, "place": app.scope, "pool": app.pool, "class": class}
}

# Another application on a folder Exchange's own applications on that side serve.
_app_class(site, folder) := "usual" if {
	some kind in iis.site_kinds[site]
	known.baseline.app_folders[concat("|", [kind, folder])]
} else := "foreign"

_own(app) if {
	some kind in iis.site_kinds[app.site]
	known.apps[concat("|", [kind, lower(app.path)])]
}

_guest_directories := {guest |
	path.exchange_root
	some app in input.facts.iis.apps
	app.pool_key in iis.pools
	some directory in input.facts.iis.directories
	directory.app == app.scope
	class := _directory_class(app, directory)
	guest := {"entry": directory, "place": directory.scope, "pool": app.pool, "class": class}
}

# A folder that is not a virtual directory belongs to its application; a challenge folder with a web.config of
# its own is worth naming.
_directory_class(app, directory) := "usual" if {
	endswith(directory.key, "/.well-known")
	directory.kind in {"virtual_directory", "folder"}
} else := "usual" if {
	directory.kind == "virtual_directory"
	endswith(directory.key, "/aspnet_client")
	path.below(path.token(directory.physical_key), `{systemdrive}\inetpub\wwwroot\aspnet_client`)
} else := class if {
	directory.kind == "virtual_directory"
	not _own_directory(app, directory)
	class := _app_class(app.site, path.token(directory.physical_key))
}

_own_directory(app, directory) if {
	some kind in iis.site_kinds[app.site]
	place := substring(directory.key, count(app.site), -1)
	known.baseline.directories[concat("|", [kind, place, path.token(directory.physical_key)])]
}

# METADATA
# description: |
#   neighbours lists the applications setup did not create on sites that serve Exchange, in pools that are not
#   Exchange's.
neighbours contains app if {
	path.exchange_root
	some app in input.facts.iis.apps
	count(iis.site_kinds[app.site]) > 0
	not app.scope in iis.apps
	not _own(app)
}

# METADATA
# description: |
#   moves lists Exchange's applications whose pool or folder is not the one setup gives them: the application, and
#   what it has and ought to have instead. The root of the front end may run in DefaultAppPool, which is the
#   safer place, and a second site for Outlook on the web has a root of its own.
moves contains move if {
	path.exchange_root
	some app in input.facts.iis.apps
	wants := [want |
		some kind in iis.site_kinds[app.site]
		want := known.apps[concat("|", [kind, lower(app.path)])]
	]
	count(wants) > 0
	not _in_place(app, wants)
	not _harmless_root(app)
	move := {"app": app, "found": _found(app, wants[0]), "want": _want(app, wants[0])}
}

_in_place(app, wants) if {
	some want in wants
	app.pool_key == want.pool_key
	path.token(app.physical_key) == want.folder
}

_harmless_root(app) if {
	_front_root(app)
	app.pool_key == "defaultapppool"
}

_harmless_root(app) if {
	_front_root(app)
	not app.pool_key in iis.pools
	path.token(app.physical_key) != known.apps["front_end|/"].folder
}

_front_root(app) if {
	app.path == "/"
	iis.site_kinds[app.site] == {"front_end"}
}

_found(app, want) := array.concat(
	[sprintf("pool %s", [app.pool]) | app.pool_key != want.pool_key],
	[sprintf("folder %s", [app.physical_path]) | path.token(app.physical_key) != want.folder],
)

_want(app, want) := array.concat(
	[want.pool | app.pool_key != want.pool_key],
	[path.spell(want.folder) | path.token(app.physical_key) != want.folder],
)
