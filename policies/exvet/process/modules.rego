package exvet.process

import data.exvet.binary
import data.exvet.path

# METADATA
# description: |
#   foreign holds what others brought into Exchange's processes: the module, how it is called in a subject, whose it is
#   (as binary.trust says) and the processes it is in. What nothing is known of is not among them, nor is what has
#   a reason to be there:
#   native images, which .NET makes of assemblies and nobody signs; pages ASP.NET compiled; what Exchange brings
#   with it; AMSI providers; and what configuration names, which rules of its own judge.
foreign contains found if {
	some module in input.facts.processes.modules
	trust := binary.trust(module.key)
	trust in {"signed", "unsigned", "bad", "untrusted"}
	not _compiled(path.token(module.key), trust)
	not _brought(path.token(module.key), module.key)
	not _configured(module.key)
	some pid in module.pids
	not _scanning(module.key, pid)
	label := exchange[pid]
	found := {
		"module": module,
		"file": file_name(module.path),
		"label": label,
		"trust": trust,
		"pids": [pid | some pid in module.pids; exchange[pid] == label; not _scanning(module.key, pid)],
	}
}

# METADATA
# description: file_name is the last part of a path, as it is written.
file_name(written) := parts[count(parts) - 1] if parts := split(written, `\`)

# What .NET compiled on this server has no signature, and lies where only it and administrators write.
_compiled(file, trust) if {
	trust == "unsigned"
	regex.match(`^\{windir\}\\assembly\\nativeimages_v[^\\]+\\.*\.ni\.(?:dll|exe)$`, file)
}

_compiled(file, trust) if {
	trust == "unsigned"
	regex.match(
		concat("", [
			`^\{windir\}\\microsoft\.net\\framework(?:64)?\\v4\.0\.30319\\temporary asp\.net files\\.*`,
			`\\app_(?:web|global\.asax|code|browsers|theme|globalresources|localresources|licenses)[^\\]*\.dll$`,
		]),
		file,
	)
}

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
	path.token(module.key) == `{windir}\system32\amsi.dll`
	some pid in module.pids
}
