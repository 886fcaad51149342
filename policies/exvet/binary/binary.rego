# METADATA
# description: |
#   What files are and whose: one table, looked up by the path key under which other facts name a file. Trust
#   comes from signatures alone, never from a name or from what a file says of itself. A file that was not seen,
#   or whose signature nobody can tell, is "unknown": no rule finds anything by it, and needs such as
#   binaries.iis leave the rule open.
package exvet.binary

import data.exvet.known
import data.exvet.path

# METADATA
# description: by_key holds every file that facts name, by its path key.
by_key := {file.key: file | some file in input.facts.binaries.list}

# METADATA
# scope: document
# description: |
#   trust says whose a file is: "microsoft" (Microsoft's own code), "shipped" (another's, which Exchange brings
#   with it), "signed" (validly, by anyone else), "unsigned", "bad" (a signature that proves the file is not
#   what was signed, or not whose it claims), "untrusted" (a signature that proves nothing), "absent" (the
#   server does not have the file) or "unknown".
default trust(_) := "unknown"

trust(key) := "microsoft" if key in _microsoft

trust(key) := others[key]

# METADATA
# description: |
#   others is trust as a table of every file listed but Microsoft's own. Nearly every file of a server is Microsoft's:
#   one pass settles those, and only the others are looked at one by one.
others := {key: _whose(key, by_key[key]) | some key in (object.keys(by_key) - _microsoft)}

# METADATA
# description: |
#   foreign is trust as a table of the files that were seen and are neither Microsoft's nor brought by Exchange.
foreign := {key: class |
	some key, class in others
	class in {"signed", "unsigned", "bad", "untrusted"}
}

# METADATA
# scope: document
# description: microsoft holds for Microsoft's own code, and for what Exchange brings with it.
microsoft(key) if trust(key) in {"microsoft", "shipped"}

# METADATA
# scope: document
# description: unproven holds for files that were seen, and of which nothing proves whose they are.
unproven(key) if trust(key) in {"unsigned", "bad", "untrusted"}

# METADATA
# scope: document
# description: |
#   severity grades a file of which nothing proves whose it is: a signature that leads to nobody this server
#   trusts is less than none, or a false one.
severity(key) := {"unsigned": "high", "bad": "high", "untrusted": "medium"}[trust(key)]

# METADATA
# scope: document
# description: signer names who validly signed a file, "" for any other file.
default signer(_) := ""

signer(key) := _name(by_key[key].signature) if trust(key) in {"microsoft", "shipped", "signed"}

# METADATA
# scope: document
# description: |
#   said is what a message says of a file after a comma or semicolon: "signed by Contoso Ltd", "not signed". It
#   is "" for a file nobody looked at.
default said(_) := ""

said(key) := sprintf("signed by %s", [signer(key)]) if signer(key) != ""

said(key) := "not signed" if trust(key) == "unsigned"

said(key) := "which is not there" if trust(key) == "absent"

said(key) := _wrong[by_key[key].signature.status] if {
	trust(key) in {"bad", "untrusted"}
	not impostor(key)
}

said(key) := "signed in the name of Microsoft by somebody else" if {
	trust(key) == "bad"
	impostor(key)
}

# METADATA
# scope: document
# description: |
#   remark is said as the end of a message, with a semicolon before it, "" where there is nothing to say.
default remark(_) := ""

remark(key) := sprintf("; %s", [said(key)]) if said(key) != ""

# METADATA
# scope: document
# description: |
#   evidence points at a file with its hash and what is known of its signature; none of a file that was not
#   read.
default evidence(_) := []

evidence(key) := [{"ref": sprintf("file:%s", [file.path]), "value": concat("; ", array.concat(
	[
		sprintf("SHA-256 %s", [file.sha256]),
		_summary(file.signature),
	],
	[sprintf("says it is %s", [name]) | name := claimed(key); name != ""],
))}] if {
	file := by_key[key]
	file.status == "read"
}

_summary(signature) := sprintf("%s, %s", [signature.status, _name(signature)]) if {
	_name(signature) != ""
} else := signature.status

# METADATA
# scope: document
# description: |
#   claimed is the product a file says it is, with its version. Anyone can write anything there.
default claimed(_) := ""

claimed(key) := concat(" ", [part |
	some part in [by_key[key].version.product, by_key[key].version.file_version]
	part != ""
])

# METADATA
# scope: document
# description: |
#   impostor holds for a file whose signature bears Microsoft's name and does not lead to Microsoft: every
#   certificate of Microsoft's is issued under Microsoft's own roots.
impostor(key) if {
	signature := by_key[key].signature
	_folded(signature.subject_o) == "microsoft corporation"
	signature.status in {"valid", "catalog", "untrusted-root"}
	not startswith(signature.anchor, "microsoft-")
}

_folded(name) := lower(trim_space(name))

_microsoft := {file.key |
	some file in input.facts.binaries.list
	file.signature.microsoft
	_good[file.signature.status]
	file.status == "read"
} - {file.key |
	count(_denied) > 0 # else nobody goes through the files
	some file in input.facts.binaries.list
	_denied[file.signature.serial]
}

_whose(key, file) := "absent" if {
	file.status == "absent"
} else := "unknown" if {
	file.status != "read"
} else := "bad" if {
	denied(file.signature)
} else := "shipped" if {
	_proves(file.signature)
	startswith(file.signature.anchor, "microsoft-")
	_folded(file.signature.subject_o) == "microsoft corporation"
	_ships(key)
} else := "bad" if {
	impostor(key)
} else := "signed" if {
	_proves(file.signature)
} else := object.get(_classes, file.signature.status, "unknown")

_proves(signature) if _good[signature.status]

_good := {"valid": true, "valid-legacy-sha1": true, "catalog": true}

_classes := {
	"unsigned": "unsigned",
	"hash-mismatch": "bad",
	"bad-signature": "bad",
	"malformed": "bad",
	"denied": "bad",
	"untrusted-root": "untrusted",
	"expired": "untrusted",
}

_wrong := {
	"hash-mismatch": "whose contents are not what was signed",
	"bad-signature": "with a signature that is not of its certificate",
	"malformed": "with a signature that cannot be read",
	"denied": "signed with a certificate that is on a deny list",
	"untrusted-root": "with a signature that leads to nobody trusted",
	"expired": "with a signature that has expired",
	"valid": "signed with a certificate that is on a deny list",
	"valid-legacy-sha1": "signed with a certificate that is on a deny list",
	"catalog": "signed with a certificate that is on a deny list",
}

# What Exchange brings with it of others lies in its folder, has a name that is known and Microsoft's signature:
# the three together.
_ships(key) if {
	path.below(path.token(key), "{exchange}")
	known.shipped[path.base(key)]
}

_ships(key) if {
	path.below(path.token(key), "{exchange}")
	known.assemblies[trim_suffix(path.base(key), ".dll")]
}

# METADATA
# scope: document
# description: |
#   denied holds for a signature by a certificate on the deny list of exvet or of an organisation
#   (data.org.NAME.denied_certificates, an object of serial numbers in lower-case hexadecimal).
denied(signature) if _denied[signature.serial]

# Of an organisation only the list is asked for: all that it has would be its rules, too.
_denied := {serial |
	some serial, _ in known.denied_certificates
	serial != ""
} | {serial |
	some organisation
	serials := data.org[organisation].denied_certificates
	some serial, _ in serials
	serial != ""
}

_name(signature) := signature.subject_cn if {
	signature.subject_cn != ""
} else := signature.subject_o

# METADATA
# scope: document
# description: tell is a message about a file, with what is known of the file at its end.
tell(key, message) := concat("", [message, remark(key)])
