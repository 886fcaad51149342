# METADATA
# title: Program in a folder of Exchange that is not Microsoft's
# description: >-
#   A library or program lies beside those of Exchange, and neither Microsoft signed it nor does Exchange
#   bring it with it. Programs of Exchange take libraries from their own folder first: one with the name
#   of a library of Windows is loaded in its place. The assembly of a registered transport agent below
#   TransportRoles\agents is that agent's.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://attack.mitre.org/techniques/T1574/
# custom:
#   id: EXV-INJ-030
#   stance: security
#   severity: high
#   clause: C5
#   basis: inference
#   needs: [files.programs, exchange.root, transport.agents, binaries.files]
#   remediation: >-
#     Find out what put it there. Unless a vendor answers for it, treat it as a possible compromise and
#     keep the file.
package exvet.rules.injection.foreign_program

import data.exvet.agent
import data.exvet.binary
import data.exvet.known
import data.exvet.path
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some file in input.facts.files.programs
	binary.foreign[file.key]
	not _agents[file.key]
	finding := {
		"subject": rule.subject(["file", file.path]),
		"message": sprintf(
			"%s lies in a folder of Exchange%s%s%s; consistent with clause C5",
			[file.path, binary.remark(file.key), _side_loaded(file), _hint(file)],
		),
		"severity": _severity(file),
		"evidence": binary.evidence(file.key),
		"binary": file.key,
		"integration": products.file_owner(file.key),
	}
}

_agents := {row.assembly_key: true |
	some row in agent.foreign
	path.below(path.token(row.assembly_key), `{exchange}\transportroles\agents`)
}

_severity(file) := "critical" if {
	known.files.side_loaded[file.name_key]
	binary.unproven(file.key)
} else := "critical" if {
	binary.trust(file.key) == "bad"
} else := "high"

_side_loaded(file) := "; a program of Exchange loads it in place of the library of Windows" if {
	known.files.side_loaded[file.name_key]
} else := ""

_hint(file) := sprintf("; attackers' %s uses this name", [tool]) if {
	tool := products.attack_tool([file.name_key])
} else := ""
