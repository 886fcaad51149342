package exvet.iis

import data.exvet.path

# METADATA
# description: |
#   places tells where to report an entry that many scopes inherit: the widest of Exchange's scopes it reaches, ""
#   when it holds for the whole server. It is empty for what reaches nothing of Exchange's.
places(reached) := {""} if {
	"" in reached
	count(_exchange(reached)) > 0
} else := {scope |
	exchange := _exchange(reached)
	some scope in exchange
	not _inherited(scope, exchange)
}

_exchange(reached) := {scope | some scope in reached; scopes[scope]}

_inherited(scope, wider) if {
	some other in wider
	other != scope
	startswith(lower(scope), concat("", [trim_suffix(lower(other), "/"), "/"]))
}

# METADATA
# scope: document
# description: place_text names a place in a sentence.
place_text("") := "for the whole server"

place_text(place) := sprintf("in %s", [place]) if place != ""

# METADATA
# description: |
#   app_places tells, by scope of an application of Exchange's, its place among those setup creates:
#   "front_end|/owa". Pairs, for a site may be of both sides.
app_places := {[app.scope, concat("|", [kind, lower(app.path)])] |
	some app in input.facts.iis.apps
	app.scope in apps
	some kind in site_kinds[app.site]
}

# METADATA
# description: |
#   classic_apps holds the scopes of Exchange's applications whose pool runs ASP.NET's old pipeline, the only one
#   that reads system.web/httpModules and httpHandlers.
classic_apps := {app.scope |
	some app in input.facts.iis.apps
	app.scope in apps
	some pool in input.facts.iis.pools
	pool.key == app.pool_key
	lower(pool.pipeline_mode) == "classic"
}

# METADATA
# description: app_folders tells, by scope of an application of Exchange's, its folder as a tokenised path. Pairs.
app_folders := {[app.scope, path.token(app.physical_key)] |
	some app in input.facts.iis.apps
	app.scope in apps
}
