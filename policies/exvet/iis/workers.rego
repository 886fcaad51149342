package exvet.iis

# METADATA
# scope: document
# description: |
#   workers holds what the preconditions of modules are compared with, once for each kind of Exchange worker
#   process. It is what setup makes of one where no Exchange pool was seen.
workers := _workers if count(_workers) > 0

workers := {_usual_worker} if count(_workers) == 0

_workers := {_worker(pool) |
	some pool in input.facts.iis.pools
	pool.key in pools
}

# What setup makes of an Exchange pool.
_usual_worker := {"bitness64", "integratedmode", "runtimeversionv4.0"}

_worker(pool) := {_bitness(pool), _mode(pool), concat("", ["runtimeversion", lower(pool.runtime_version)])}

_bitness(pool) := "bitness32" if {
	pool.enable_32bit
} else := "bitness64"

_mode(pool) := "classicmode" if {
	lower(pool.pipeline_mode) == "classic"
} else := "integratedmode"

_pool_workers[pool.key] contains _worker(pool) if some pool in input.facts.iis.pools

# The worker processes of an application. There are two for one a damaged configuration names twice.
_app_workers[app.scope] contains worker if {
	some app in input.facts.iis.apps
	some worker in object.get(_pool_workers, app.pool_key, {_usual_worker})
}

# METADATA
# description: |
#   loads holds when preconditions let an Exchange worker process load a module: of each kind of condition
#   (bitness, pipeline, runtime) that is named, one must hold. A condition of no known kind excludes nothing.
loads(preconditions) if {
	some worker in workers
	not _excluded(preconditions, worker)
}

# METADATA
# description: |
#   runs holds when preconditions let the worker process of an application (its scope) run an entry of its
#   configuration.
runs(app, preconditions) if {
	some worker in _app_workers[app]
	not _excluded(preconditions, worker)
}

# METADATA
# description: |
#   runs_managed is runs for .NET code: a pool in classic mode, or one without a .NET runtime, runs no managed
#   module or handler whatever its preconditions.
runs_managed(app, preconditions) if {
	some worker in _app_workers[app]
	"integratedmode" in worker
	not "runtimeversion" in worker
	not _excluded(preconditions, worker)
}

# METADATA
# description: site_runs is what runs is, for one of the applications Exchange has on a site.
site_runs(site, preconditions) if {
	some app in input.facts.iis.apps
	app.site == site
	app.scope in apps
	runs(app.scope, preconditions)
}

_excluded(preconditions, worker) if {
	some kind in ["bitness", "mode", "runtime"]
	named := {_modern(condition) | some condition in preconditions; _condition_kind(condition) == kind}
	count(named) > 0
	count(named & worker) == 0
}

_condition_kind(condition) := "bitness" if {
	startswith(condition, "bitness")
} else := "runtime" if {
	startswith(condition, "runtimeversion")
} else := "mode" if {
	condition in {"integratedmode", "classicmode", "isapimode"}
}

# ISAPIMode is another name of the classic mode.
_modern(condition) := "classicmode" if {
	condition == "isapimode"
} else := condition
