package exvet.iis

import data.exvet.known
import data.exvet.path

# METADATA
# description: |
#   missing_modules lists the modules Exchange adds to an application and that do not run there: pairs of the
#   application and the name of the module. An entry whose preconditions keep it out does not run.
missing_modules contains [app, name] if {
	some [app, order, expected] in _compared
	some module in expected
	not _asked(app.scope, module, order)
	name := known.baseline.module_names[module]
}

# METADATA
# description: |
#   reordered_modules lists the applications that ask Exchange's modules in another order than setup gives them:
#   the application, and the order found and wanted.
reordered_modules contains [app, _names(found), _names(want)] if {
	some [app, order, expected] in _compared
	found := [module | some module in order; module in expected]
	want := [module | some module in expected; module in order]
	found != want
}

# METADATA
# description: |
#   overtaken_modules lists the applications where a module that is not one of the whole server stands in front
#   of the one that checks the host header: the application, and the names of those in front.
overtaken_modules contains [app, sort(front)] if {
	some [app, order, expected] in _compared
	"hostheadervalidationmodule" in expected
	some i, "hostheadervalidationmodule" in order
	front := {module |
		some module in array.slice(order, 0, i)
		not module in _server_modules
		not module in expected
	}
	count(front) > 0
}

_asked(scope, module, order) if {
	module in order
	not [scope, module] in _idle
}

# The applications of Exchange whose modules were seen: the application, its modules and those Exchange adds, both
# in their order.
_compared := {[app, order.modules, expected] |
	path.exchange_root
	some order in input.facts.iis.module_order
	some app in input.facts.iis.apps
	app.scope == order.scope
	expected := known.expected_modules(path.token(app.physical_key))
}

# Modules that stand in an application and are kept out of its worker process.
_idle := {[scope, module.key] |
	some module in input.facts.iis.modules
	count(module.preconditions) > 0
	some scope in module.scopes
	not runs(scope, module.preconditions)
}

_server_modules := {module.key |
	some module in input.facts.iis.modules
	"" in module.scopes
}

_names(modules) := [known.baseline.module_names[module] | some module in modules]

# METADATA
# description: |
#   modules_evidence points at the web.config of an application, at the first of the modules it still has, and at
#   the application itself where none of them is left.
modules_evidence(app) := {"file": place[0], "line": place[1]} if {
	own := concat("", [app.physical_key, `\web.config`])
	place := min({[module.file, module.line] |
		some module in input.facts.iis.modules
		app.scope in module.scopes
		lower(module.file) == own
	})
} else := {"file": app.file, "line": app.line}

# METADATA
# description: guards holds the names of the modules that protect an application of Exchange.
guards := {
	"AnonymousRequestFilterModule",
	"BackendRehydrationModule",
	"HostHeaderValidationModule",
	"HttpRequestFilteringModule",
	"OAuthAuthModule",
}
