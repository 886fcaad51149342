# METADATA
# description: What every rule says, and how it says where it looked.
package exvet.rule

# METADATA
# description: |
#   about reads what a rule says of itself from the METADATA of its package. Every field is present: what
#   the rule leaves out is "" or []. Call it with rego.metadata.chain().
about(chain) := {
	"id": _text(custom, "id"),
	"title": _text(said, "title"),
	"description": _text(said, "description"),
	"stance": _text(custom, "stance"),
	"severity": _text(custom, "severity"),
	"clause": _text(custom, "clause"),
	"basis": _text(custom, "basis"),
	"needs": object.get(custom, "needs", []),
	"roles": object.get(custom, "roles", []),
	"since": _text(custom, "since"),
	"until": _text(custom, "until"),
	"remediation": _text(custom, "remediation"),
	"alternative": _text(custom, "alternative"),
	"repro": _text(custom, "repro"),
	"references": [resource.ref | some resource in object.get(said, "related_resources", [])],
} if {
	said := [link.annotations | some link in chain; link.annotations.scope == "package"][0]
	custom := object.get(said, "custom", {})
}

_text(said, field) := trim_space(object.get(said, field, ""))

# METADATA
# description: evidence points at the place an entry of the facts was declared in, with the text that decided.
evidence(entry, value) := evidence_at(entry.file, entry.line, value)

# METADATA
# description: evidence_at points at a line of a file, with the text that decided.
evidence_at(file, line, value) := {"ref": sprintf("file:%s:%d", [file, line]), "value": value}

# METADATA
# description: registry points at a key or value of the registry (`KEY!VALUE`), with the text that decided.
registry(ref, value) := {"ref": concat("", ["registry:", ref]), "value": value}

# METADATA
# description: |
#   history points at the place an entry was declared in, with the text that decided, and at the declarations it
#   overrides.
history(entry, value) := array.concat(
	[evidence(entry, value)],
	[evidence(old, old.value) | some old in entry.overrides],
)

# METADATA
# description: subject joins the parts of a subject, such as "module", "Default Web Site/owa" and "Gate", by colons.
subject(parts) := concat(":", parts)
