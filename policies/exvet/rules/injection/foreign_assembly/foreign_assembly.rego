# METADATA
# title: Assembly of another vendor that every .NET program may load
# description: >-
#   An assembly that is not Microsoft's lies in the global assembly cache, from where any .NET program
#   may load it by its name, those of Exchange among them. Many products put some there; it weighs more
#   where the configuration of Exchange's applications names it. Assemblies with a key of Microsoft's are
#   not looked at.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
# custom:
#   id: EXV-INJ-024
#   stance: review
#   severity: low
#   clause: C5
#   basis: inference
#   needs: [files.gac, binaries.files]
#   remediation: >-
#     Find out which product it belongs to (its uninstaller takes it out).
package exvet.rules.injection.foreign_assembly

import data.exvet.binary
import data.exvet.known
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.files.gac
	not known.framework_tokens[row.token]
	not binary.microsoft(row.key)
	binary.trust(row.key) != "unknown"
	not known.assemblies[row.name_key]
	finding := {
		"subject": rule.subject(["file", row.path]),
		"message": sprintf(
			"%s %s is in the global assembly cache%s%s%s; consistent with clause C5",
			[row.name, row.version, binary.remark(row.key), _used(row), _hint(row)],
		),
		"severity": _severity(row),
		"evidence": binary.evidence(row.key),
		"binary": row.key,
		"integration": products.file_owner(row.key),
	}
}

_severity(row) := "high" if {
	products.attack_tool([row.name_key])
} else := "medium" if {
	_used(row) != ""
} else := "low"

_used(row) := "; modules or handlers of IIS name it" if {
	row.name_key in _named
} else := ""

_named := {entry.assembly | some entry in _entries}

_entries := array.concat(input.facts.iis.modules, input.facts.iis.handlers)

_hint(row) := sprintf("; attackers' %s uses this name", [tool]) if {
	tool := products.attack_tool([row.name_key])
} else := ""
