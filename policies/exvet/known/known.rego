# METADATA
# description: |
#   What Exchange setup, IIS and the .NET Framework install, as tables for look-up. The tables themselves are
#   data, rendered from bundles/known; these words choose among them by the server's product.
package exvet.known

# METADATA
# description: edition is what is known of the server's Exchange version, of an unknown one where it is not.
edition := object.get(data.exvet.known.products, input.server.product, data.exvet.known.products[""])

# METADATA
# description: |
#   label names the product with its update where the build is known: "Exchange Server 2019 CU12". It is ""
#   when not even the product is.
label := object.get(data.exvet.known.builds, [input.server.build, "label"], edition.label)

# METADATA
# description: inferred holds when the tables were not measured on this version of Exchange.
inferred if edition.confidence == "inferred"

# METADATA
# description: |
#   features holds the names of what came with an update this server has: "rest", "request_filtering" and more.
#   Without a build, it holds what its version has with the newest.
features := {name |
	some name, feature in data.exvet.known.overlays
	since := feature.since[input.server.product]
	_reached(since)
}

# METADATA
# scope: document
# description: |
#   version makes of a build what compares as builds do: "15.2.986.5" comes before "15.2.1118.7".
version(build) := [to_number(part) | some part in split(build, ".")]

_reached(_) if input.server.build == ""

_reached(since) if {
	input.server.build != ""
	version(input.server.build) >= version(since)
}

# METADATA
# description: |
#   surprise says in words that the build is none of those known, and whether it is newer than all of them. It is
#   undefined for a known build and for none.
surprise := sprintf("Build %s is newer than any this exvet knows (%s, %s): what it brought is judged as before.", [
	input.server.build,
	data.exvet.known.newest[input.server.product].label,
	data.exvet.known.newest[input.server.product].build,
]) if {
	_unlisted
	version(input.server.build) > version(data.exvet.known.newest[input.server.product].build)
} else := sprintf("Build %s is none this exvet knows: it is judged as %s.", [input.server.build, edition.label]) if {
	_unlisted
}

_unlisted if {
	input.server.build != ""
	data.exvet.known.newest[input.server.product]
	not data.exvet.known.builds[input.server.build]
}

# METADATA
# description: |
#   apps tells, by "kind|path" of an application ("front_end|/owa"), the pool and the folder setup gives it.
apps := object.remove(object.union(data.exvet.known.baseline.apps, edition.apps), _absent_apps)

_absent_apps := {app |
	some name, feature in data.exvet.known.overlays
	data.exvet.known.newest[input.server.product]
	not name in features
	some app in feature.apps
}

# METADATA
# description: managed_modules holds the keys (type_key) of every module type Microsoft registers.
managed_modules := object.union(data.exvet.known.baseline.modules, data.exvet.known.optional.modules)

# METADATA
# description: managed_handlers holds the keys (type_key) of every handler type Microsoft registers.
managed_handlers := object.union(data.exvet.known.baseline.handlers, data.exvet.known.optional.handlers)

# METADATA
# description: script_processors holds the tokenised paths of the ISAPI extensions Microsoft's handlers run.
script_processors := object.union(data.exvet.known.baseline.processors, data.exvet.known.optional.processors)

# METADATA
# description: access tells, by tokenised folder, what handlers may do there where it is not the usual.
access := data.exvet.known.expected.access

# METADATA
# description: |
#   clr_configs holds the names of the files setup gives pools as CLRConfigFile, besides those named after a pool.
clr_configs := data.exvet.known.expected.clr_configs

# METADATA
# description: |
#   allowed_access is what setup lets handlers do in a tokenised folder: a set of "read", "script" and "execute".
#   Folders named after a build are known by {version}.
allowed_access(folder) := object.keys(object.get(access, place, _usual_access)) if {
	place := regex.replace(folder, `\\\d+(\.\d+){3}$`, `\{version}`)
}

_usual_access := {"read": true, "script": true}

# METADATA
# description: |
#   type_key is the form in which .NET types are compared: class, assembly and public key token, whatever the
#   version and the spelling. A class without an assembly is a key of its own, as it is another type.
type_key(entry) := concat("|", [entry.class, entry.assembly, entry.token])

# METADATA
# description: |
#   expected_modules lists the modules of its own that Exchange adds to the application on a folder, in their
#   order, as far as this build is known to have them. It is undefined for any other folder.
expected_modules(folder) := [module |
	some module in data.exvet.known.baseline.module_lists[folder]
	_since(module)
]

_since(module) if {
	since := data.exvet.known.expected.modules_since[input.server.product]
	at_least(object.get(since, module, since["*"]))
}

# METADATA
# description: at_least holds when the server's build is known and is this one or a later one.
at_least(build) if {
	input.server.build != ""
	version(input.server.build) >= version(build)
}
