# METADATA
# title: Binding of assemblies that Exchange does not have
# description: >-
#   An application of Exchange looks for assemblies in a folder of its own (probing), loads one from inside
#   the folder of Exchange that Exchange does not ship, or takes another version of an assembly Exchange does
#   not ship. It is how the parts of a product are found by Exchange's worker process. Bindings for
#   assemblies of Exchange and of the .NET Framework are Exchange's own: its files for EWS, REST and Outlook
#   on the web have some. Each update brings new assemblies, so that one named Microsoft in the folder of
#   Exchange is not counted: its name proves nothing, and its signature will tell.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/dotnet/framework/configure-apps/file-schema/runtime/codebase-element
#   - ref: https://learn.microsoft.com/dotnet/framework/configure-apps/file-schema/runtime/probing-element
# custom:
#   id: EXV-IIS-049C
#   stance: review
#   severity: medium
#   clause: C5
#   basis: inference
#   needs: [iis.probing, iis.apps, iis.directories, iis.pools, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Find out which product added the binding, and remove the product from Exchange's paths.
#   alternative: >-
#     EWS, Graph or a transport agent, which Exchange loads in a supported way.
#   repro: >-
#     Save the file, remove this one entry, recycle the pool, and test again.
package exvet.rules.iis.foreign_binding

import data.exvet.assembly
import data.exvet.iis
import data.exvet.path
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some entry in input.facts.iis.probing
	_foreign(entry)
	some place in iis.places(entry.scopes)
	name := _name(entry)
	finding := {
		"subject": rule.subject(["config", place, name]),
		"message": sprintf("%s (%s) %s; consistent with clause C5", [name, entry.value, iis.place_text(place)]),
		"evidence": [rule.evidence(entry, entry.value)],
	}
}

_name(entry) := "probing" if {
	entry.kind == "private_path"
} else := concat("/", ["codeBase", entry.name]) if {
	entry.kind == "code_base"
} else := concat("/", ["bindingRedirect", entry.name])

# Folders named here lie below the application's own, where .NET looks by itself in bin.
_foreign(entry) if {
	entry.kind == "private_path"
	some folder in split(entry.value, ";")
	not trim(lower(trim_space(folder)), `\/`) in {"", "bin"}
}

_foreign(entry) if {
	entry.kind == "code_base"
	path.below(path.token(entry.key), "{exchange}")
	not assembly.exchanges(entry.name)
	not startswith(lower(entry.name), "microsoft.")
}

_foreign(entry) if {
	entry.kind == "binding_redirect"
	not assembly.exchanges(entry.name)
	not assembly.frameworks(entry.name)
}
