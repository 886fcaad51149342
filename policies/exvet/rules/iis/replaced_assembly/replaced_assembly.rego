# METADATA
# title: Assembly of Exchange's own module or handler is not Microsoft's
# description: >-
#   A managed module or handler is known by its class, assembly and public key token, which anyone can write. What
#   counts is the file .NET loads for it: of Exchange's own it lies in the global cache, in Exchange's folders or in
#   the bin folder of the application, and Microsoft signed it. One that is not signed, was changed, or was signed by
#   somebody else, took the place of Exchange's. Files that were not copied leave the rule unknown.
# related_resources:
#   - ref: https://attack.mitre.org/techniques/T1505/004/
# custom:
#   id: EXV-IIS-004D
#   stance: security
#   severity: critical
#   clause: C3
#   basis: inference
#   needs: [iis.modules, iis.handlers, exchange.root, binaries.managed]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Treat it as a possible compromise: isolate the server, keep the file with its times and hash as
#     evidence, and follow your incident response. Do not just delete it.
#   repro: >-
#     Keep a copy of the file and of the configuration before anything is changed.
package exvet.rules.iis.replaced_assembly

import data.exvet.binary
import data.exvet.known
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some [kind, entry] in _entries
	some file in binary.assembly_files[entry.assembly]
	binary.trust(file) in {"signed", "unsigned", "bad", "untrusted"}
	finding := {
		"subject": rule.subject(["file", file]),
		"message": sprintf("%s %s (%s) is loaded from %s, %s; consistent with clause C3", [
			kind,
			entry.name,
			entry.type,
			binary.by_key[file].path,
			binary.said(file),
		]),
		"evidence": array.concat(rule.history(entry, entry.type), binary.evidence(file)),
		"binary": file,
	}
}

# One entry for each type: a file stands in many applications.
_entries contains ["module", rows[0]] if {
	some type, _ in known.managed_modules
	rows := [module | some module in input.facts.iis.modules; module.assembly != ""; known.type_key(module) == type]
	count(rows) > 0
}

_entries contains ["handler", rows[0]] if {
	some type, _ in known.managed_handlers
	rows := [handler | some handler in input.facts.iis.handlers; handler.assembly != ""; known.type_key(handler) == type]
	count(rows) > 0
}
