# METADATA
# description: |
#   The owners of what was found, by fingerprints: a class, a file name, a service. An owner is a claim, as names can be
#   borrowed. No rule decides by it.
package exvet.product

import data.exvet.known
import data.exvet.path

# METADATA
# description: |
#   owner names the product of something found: by a class or ProgID in the table of its kind ("profilers", "amsi",
#   "filters"), else by the file it loads, as a path key. It is "" for a product nobody knows.
owner(kind, name, file) := found if {
	found := known.fingerprints[kind][class(name)].product
} else := file_owner(file)

# METADATA
# description: |
#   catalogue says for each product by name who makes it, how sure its best fingerprint is ("high", "medium", "low" or
#   "unverified"), and what class it is of: "security" for what protects the server, else "".
catalogue := {name: {"vendor": vendors[0], "confidence": _surest(rows), "class": max(classes)} |
	some name in {row.product | some row in _rows}
	rows := [row | some row in _rows; row.product == name]
	vendors := sort({row.vendor | some row in rows})
	classes := {object.get(row, "class", "") | some row in rows}
}

_rows := {row | some table in known.fingerprints; some row in table}

_surest(rows) := [level |
	some level in ["high", "medium", "low", "unverified"]
	some row in rows
	row.confidence == level
][0]

# METADATA
# scope: document
# description: file_owner names the product of a file, given as a path key, by its name or folder alone.
default file_owner(_) := ""

file_owner(file) := found if {
	found := known.fingerprints.files[path.base(file)].product
} else := min(names) if {
	names := _begins(path.base(file), known.fingerprints.file_prefixes)
	count(names) > 0
} else := min(names) if {
	names := {owner.product |
		some folder, owner in known.fingerprints.folders
		contains(file, folder)
	}
	count(names) > 0
}

# METADATA
# description: |
#   assembly_owner names the product of an assembly by its name in lower case and by its files, given as path keys. It
#   is "" where nobody knows it.
assembly_owner(name, files) := min(names) if {
	names := _begins(name, known.fingerprints.assembly_prefixes)
	count(names) > 0
} else := min(owners) if {
	owners := {owner | some file in files; owner := file_owner(file); owner != ""}
	count(owners) > 0
} else := ""

_begins(name, prefixes) := {owner.product |
	some prefix, owner in prefixes
	startswith(name, prefix)
}

# METADATA
# scope: document
# description: |
#   file_vendor names the vendor a file's name points at, given as a path key, "" where there is none. Who signed the
#   file says whether that is true.
default file_vendor(_) := ""

file_vendor(file) := known.fingerprints.files[path.base(file)].vendor

file_vendor(file) := min(names) if {
	not known.fingerprints.files[path.base(file)]
	names := {owner.vendor |
		some prefix, owner in known.fingerprints.file_prefixes
		startswith(path.base(file), prefix)
	}
	count(names) > 0
}

# METADATA
# description: agent names the product of a transport agent by its name in lower case, "" where nobody knows it.
agent(key) := found if {
	found := known.fingerprints.agents[key].product
} else := min(names) if {
	names := _begins(key, known.fingerprints.agent_prefixes)
	count(names) > 0
} else := ""

# METADATA
# description: |
#   attack_tool names an attack tool by names in lower case: of files, of agents, or of assemblies without their
#   ending. It is a hint beside what something does, and undefined for names nobody knows.
attack_tool(names) := min(tools) if {
	tools := {tool |
		some name in names
		some table in known.fingerprints.attack_tools
		tool := table[name].product
	}
	count(tools) > 0
}

# METADATA
# description: class writes a CLSID or ProgID as the tables do, in lower case and a CLSID in braces.
class(written) := sprintf("{%s}", [name]) if {
	name := lower(trim(written, " {}"))
	regex.match(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`, name)
} else := lower(trim_space(written))
