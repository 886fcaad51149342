# METADATA
# description: |
#   Transport agents: which are Exchange's own, which only say so, and which are another vendor's. A name proves
#   nothing, and neither does a class that begins with Microsoft's: class, place and signature together do.
package exvet.agent

import data.exvet.binary
import data.exvet.known
import data.exvet.path
import data.exvet.product as products

# METADATA
# description: others lists the agents that are not known to be Exchange's own.
others := [row |
	path.exchange_root != ""
	some row in input.facts.transport.agents
	not own(row)
]

# METADATA
# description: foreign lists the agents of other vendors, among them an in-house one.
foreign := [row |
	some row in others
	_foreign(row)
]

_foreign(row) if {
	not imitates(row)
	not claims(row)
}

# What claims to be Microsoft's, and was signed by somebody else under a name of its own.
_foreign(row) if {
	not imitates(row)
	claims(row)
	binary.trust(row.assembly_key) == "signed"
}

# METADATA
# scope: document
# description: own holds for an agent of Exchange, unless its file is seen not to be Microsoft's.
own(row) if {
	_as_setup(row)
	not binary.trust(row.assembly_key) in {"unsigned", "bad", "untrusted", "signed"}
}

own(row) if {
	binary.microsoft(row.assembly_key)
	startswith(row.factory_key, "microsoft.")
}

# METADATA
# scope: document
# description: imitates holds for an agent with the name of one of Exchange's that is not that one.
imitates(row) if {
	known.agents.own[row.key]
	not own(row)
}

# METADATA
# scope: document
# description: claims holds for an agent whose class or file bears a name of Microsoft's, and is not known to be.
claims(row) if {
	not own(row)
	some name in [row.factory_key, path.base(row.assembly_key)]
	startswith(name, "microsoft.")
}

_as_setup(row) if {
	builtin := known.agents.own[row.key]
	builtin.factory in {"", row.factory_key}
	startswith(row.factory_key, "microsoft.exchange.")
	startswith(path.base(row.assembly_key), "microsoft.exchange.")
	_place(builtin.assembly, path.token(row.assembly_key))
}

_place("", key) if path.below(key, "{exchange}")

_place(assembly, key) if {
	assembly != ""
	assembly == key
}

# METADATA
# scope: document
# description: gone holds for an agent whose file the server does not have.
gone(row) if row.assembly_file == "missing"

gone(row) if binary.trust(row.assembly_key) == "absent"

# METADATA
# scope: document
# description: supported_base holds for the kinds of agents another vendor may write, in the service that takes them.
supported_base(row) if {
	known.agents.bases[row.base_type_key]
	row.service != "front_end"
}

supported_base(row) if {
	row.service == "front_end"
	row.base_type_key == "microsoft.exchange.data.transport.smtp.smtpreceiveagent"
}

# METADATA
# description: |
#   owner names the product of an agent: by its name, else by what its file says of itself where somebody signed
#   that. It is "" for an agent nobody knows.
owner(row) := products.agent(row.key) if {
	products.agent(row.key) != ""
} else := binary.by_key[row.assembly_key].version.product if {
	binary.trust(row.assembly_key) == "signed"
	binary.by_key[row.assembly_key].version.product != ""
} else := products.file_owner(row.assembly_key)

# METADATA
# description: |
#   integration is the product findings about an agent belong to: its owner, else the name it is registered
#   under, unless a signature says more.
integration(row) := owner(row) if {
	owner(row) != ""
} else := "" if {
	binary.trust(row.assembly_key) == "signed"
} else := row.name

# METADATA
# description: |
#   described names an agent as people do: the product with its version and who signed it, as far as they are known.
described(row) := concat("", [row.name, _product(row), _signature(row)])

_product(row) := sprintf(" of %s%s", [owner(row), _version(row)]) if {
	owner(row) != ""
} else := ""

default _version(_) := ""

_version(row) := sprintf(" %s", [version]) if {
	version := binary.by_key[row.assembly_key].version.file_version
	version != ""
}

_signature(row) := sprintf(", %s", [said]) if {
	said := binary.said(row.assembly_key)
	said != ""
} else := ", whose file was not seen"

# METADATA
# description: text is the deciding text of an agent's entry.
text(row) := sprintf("%s: %s, %s", [row.name, row.factory, row.assembly])

# METADATA
# description: subject names an agent, with its service where that is not the usual one.
subject(row) := concat(":", ["agent", row.name]) if {
	row.service == "transport"
} else := concat(":", ["agent", concat("/", [row.service, row.name])])
