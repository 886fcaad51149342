package exvet.process

import data.exvet.binary
import data.exvet.known
import data.exvet.path

# METADATA
# description: |
#   foreign holds what others brought into Exchange's processes: the module, how it is called in a subject, whose it is
#   (as binary.trust says) and the processes it is in. What nothing is known of is not among them, nor is what has
#   a reason to be there: pages that ASP.NET compiled of what is there and belongs there; what Exchange brings with it;
#   AMSI providers; and what configuration names, which rules of its own judge. A native image, which .NET makes of an
#   assembly and nobody signs, is judged by the assembly: "key" is the file that was judged.
foreign contains found if {
	some module in input.facts.processes.modules
	binary.foreign[module.key] # a native image, too, is unsigned; this leaves few of thousands
	judged := _judged(module.key)
	trust := binary.foreign[judged]
	not _unseen_source(module.key)
	not _page(module.key)
	not _brought(path.token(judged), judged)
	not _configured(judged)
	some pid in module.pids
	not _scanning(module.key, pid)
	label := exchange[pid]
	found := {
		"module": module,
		"key": judged,
		"made": _made(module.key),
		"file": file_name(module.path),
		"label": label,
		"trust": trust,
		"pids": [pid | some pid in module.pids; exchange[pid] == label; not _scanning(module.key, pid)],
	}
}

# METADATA
# description: file_name is the last part of a path, as it is written.
file_name(written) := parts[count(parts) - 1] if parts := split(written, `\`)

# Of several assemblies with the name of a native image the least trusted counts.
_judged(key) := [from |
	some class in ["bad", "unsigned", "untrusted", "signed", "shipped", "microsoft", "absent", "unknown"]
	some from in binary.by_key[key].made.from
	binary.trust(from) == class
][0] if {
	_unsigned(key, "native_image")
	binary.by_key[key].made.status == "found"
} else := key

# What somebody signed is what the signature says, whoever made it.
_unsigned(key, kind) if {
	binary.trust(key) == "unsigned"
	binary.by_key[key].made.kind == kind
}

# The collectors say what was not seen, and the rules stay unknown.
_unseen_source(key) if {
	binary.trust(key) == "unsigned"
	binary.by_key[key].made.status == "not_in_evidence"
}

_page(key) if {
	_unsigned(key, "page")
	made := binary.by_key[key].made
	made.status == "found"
	every source in made.from {
		not _planted(path.token(source))
	}
}

# Where people sign in, and in the folder of scripts of ASP.NET, only pages of setup belong.
_planted(source) if {
	pages := known.files.pages[path.dir(source)]
	not pages[path.base(source)]
}

_planted(source) if contains(source, `\aspnet_client\`)

# What .NET made a file of, for a message.
default _made(_) := ""

_made(key) := sprintf("made by .NET of %s, ", [binary.by_key[from].path]) if {
	from := _judged(key)
	from != key
}

_made(key) := sprintf("%s, ", [binary.by_key[key].made.reason]) if binary.by_key[key].made.status == "absent"

# Of others, in Exchange's folder or ASP.NET's copies of it, with Microsoft's signature; or, in the folder of the
# filters, with the signature of whom they are from.
_brought(file, key) if {
	_exchange_folder(file)
	signature := binary.by_key[key].signature
	signature.subject_o == "Microsoft Corporation"
	startswith(signature.anchor, "microsoft-")
	signature.status in {"valid", "valid-legacy-sha1", "catalog"}
}

_brought(file, key) if {
	path.below(file, `{exchange}\fip-fs\bin`)
	binary.trust(key) == "signed"
	binary.by_key[key].signature.subject_o in {"Oracle America, Inc.", "Oracle Corporation"}
}

_exchange_folder(file) if path.below(file, "{exchange}")

_exchange_folder(file) if path.below(file, `{windir}\microsoft.net\framework64\v4.0.30319\temporary asp.net files`)

# Modules, filters and handlers of IIS and transport agents have rules of their own.
_configured(key) if {
	some named in binary.by_key[key].named_by
	some start in ["iis.", "transport."]
	startswith(named, start)
}

# A provider is expected where AMSI is: the file that is registered, or another of its folder and signer.
_scanning(key, pid) if {
	_amsi_processes[pid]
	some provider in input.facts.amsi.providers
	provider.dll_key != ""
	_provides(key, provider.dll_key)
}

_provides(key, registered) if {
	key == registered
	binary.trust(key) in {"signed", "microsoft"}
}

_provides(key, registered) if {
	path.dir(key) == path.dir(registered)
	binary.signer(key) != ""
	binary.signer(key) == binary.signer(registered)
}

_amsi_processes := {pid: true |
	some module in input.facts.processes.modules
	endswith(module.key, `\system32\amsi.dll`)
	path.token(module.key) == `{windir}\system32\amsi.dll`
	some pid in module.pids
}
