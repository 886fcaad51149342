# METADATA
# description: |
#   Where the assemblies of Exchange's applications are loaded from. Setup has them all in the folder of Exchange,
#   in two lists that every application pulls in.
package exvet.assembly

import data.exvet.iis
import data.exvet.known
import data.exvet.path
import data.exvet.rule

# METADATA
# description: |
#   outside lists the code bases and lists of assemblies that lead out of the folders of Exchange and of Windows:
#   the entry, its subject, its deciding text, the path it leads to and its class, "hijack" for one on another
#   machine or one that takes the place of an assembly of Exchange, else "local".
outside := (_shared | _own) | _lists

# Folders of a list all applications share.
_shared := {match |
	path.exchange_root
	some entry in input.facts.iis.code_bases
	_leads_out(entry.folder_key)
	match := {
		"entry": {"file": entry.file, "line": entry.line},
		"subject": concat(":", ["file", entry.folder]),
		"text": entry.href,
		"name": entry.example,
		"class": _class(entry.href, entry.example),
	}
}

# Code bases of one application's own configuration.
_own := {match |
	path.exchange_root
	some entry in input.facts.iis.probing
	entry.kind == "code_base"
	_leads_out(entry.key)
	some place in iis.places(entry.scopes)
	match := {
		"entry": {"file": entry.file, "line": entry.line},
		"subject": concat(":", ["config", place, concat("/", ["codeBase", entry.name])]),
		"text": entry.value,
		"name": entry.name,
		"class": _class(entry.value, entry.name),
	}
}

_lists := {match |
	path.exchange_root
	some entry in input.facts.iis.linked_configurations
	not path.token(entry.path_key) in _setups
	some place in iis.places(entry.scopes)
	match := {
		"entry": {"file": entry.file, "line": entry.line},
		"subject": concat(":", ["config", place, "linkedConfiguration"]),
		"text": entry.href,
		"name": "a list of assemblies",
		"class": _class(entry.href, ""),
	}
}

_setups := {
	`{exchange}\frontend\httpproxy\sharedwebconfig.config`,
	`{exchange}\clientaccess\sharedwebconfig.config`,
}

_leads_out(key) if {
	token := path.token(key)
	not path.below(token, "{exchange}")
	not path.below(token, "{windir}")
}

_leads_out(key) if contains(key, "..")

_class(href, name) := "hijack" if {
	_remote(href)
} else := "hijack" if {
	exchanges(name)
} else := "local"

# A URL of another kind than file, or a path or file URL that names a host. Both file://C:\x and file:///C:/x are
# paths of this machine.
_remote(href) if {
	not regex.match(`(?i)^(file:|[a-z]:[\\/])`, trim_space(href))
	regex.match(`(?i)^([a-z][a-z0-9+.-]+:|[\\/]{2})`, trim_space(href))
}

_remote(href) if regex.match(`(?i)^file:[\\/]{2}([\\/]{2,3})?[^\\/:]+[\\/]`, trim_space(href))

# METADATA
# description: finding is the finding of a match of outside.
finding(match) := {
	"subject": match.subject,
	"message": sprintf("%s is loaded from %s; consistent with clause C5", [match.name, match.text]),
	"evidence": [rule.evidence(match.entry, match.text)],
}

# METADATA
# scope: document
# description: exchanges holds for the name of an assembly Exchange ships; translations have the name with .resources.
exchanges(name) if known.assemblies[lower(name)]

exchanges(name) if known.assemblies[trim_suffix(lower(name), ".resources")]

# METADATA
# description: frameworks holds for the name of an assembly of the .NET Framework, or of the libraries around it.
frameworks(name) if regex.match(`(?i)^(mscorlib|system|microsoft\.csharp|microsoft\.visualbasic)(\..+)?$`, name)
