# METADATA
# title: Script or program where web shells are left
# description: >-
#   Web shells on Exchange servers are left in a few folders that anyone can reach: aspnet_client below the
#   root of the site, and the auth folders of Outlook on the web and of the Exchange admin center on the
#   front end. A script setup does not put there is found by its name; so are programs there, and a
#   web.config of its own, which can make any file run. A script anywhere else below the web roots is found
#   by what its text does: it runs what a request sends. Names and text are where to look; no list of hashes
#   exists for each build.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://www.cisa.gov/news-events/cybersecurity-advisories/aa21-062a
# custom:
#   id: EXV-IIS-050
#   stance: security
#   severity: critical
#   clause: "-"
#   basis: inference
#   needs: [iis.directories, iis.apps, iis.pools, files.web, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Treat it as a possible compromise: isolate the server, keep the file with its times and hash as
#     evidence, and follow your incident response. Do not just delete it.
#   repro: >-
#     Keep a copy of the file and of the folder it lies in before anything is changed.
package exvet.rules.iis.planted_web_file

import data.exvet.iis
import data.exvet.known
import data.exvet.path
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some directory in input.facts.iis.directories
	directory.kind == "folder"
	iis.scopes[directory.scope]
	some folder in _folders
	path.below(path.token(directory.physical_key), folder)
	finding := {
		"subject": rule.subject(["file", directory.file]),
		"message": sprintf("%s has a web.config of its own, and setup puts none there", [directory.physical_path]),
		"severity": "high",
		"evidence": [rule.evidence(directory, directory.physical_path)],
	}
}

findings contains finding if {
	some file in input.facts.files.web
	reason := _reason(file)
	finding := {
		"subject": rule.subject(["file", file.path]),
		"message": sprintf("%s %s", [file.path, reason]),
		"severity": _severity(file),
		"evidence": [{"ref": rule.subject(["file", file.path]), "value": concat("; ", array.concat(
			[sprintf("%d bytes, written %s", [file.size, file.modified])],
			[sprintf("SHA-256 %s", [file.sha256]) | file.sha256 != ""],
		))}],
	}
}

_folders := [
	`{systemdrive}\inetpub\wwwroot\aspnet_client`,
	`{exchange}\frontend\httpproxy\owa\auth`,
	`{exchange}\frontend\httpproxy\ecp\auth`,
]

_reason(file) := sprintf("is a script that setup does not put there%s", [_does(file)]) if {
	file.kind == "script"
	_left(file)
} else := "is a program in a folder anyone can reach" if {
	file.kind in {"program", "library"}
	_web_folder(file)
} else := sprintf("runs what a request sends%s", [_does(file)]) if {
	_shell(file)
}

_left(file) if {
	path.below(path.token(file.key), `{systemdrive}\inetpub\wwwroot`)
}

_left(file) if {
	some folder, names in known.files.pages
	path.below(path.token(file.key), folder)
	not _page(path.token(file.key), folder, names)
}

_page(key, folder, names) if {
	path.dir(key) == folder
	names[path.base(key)]
}

_web_folder(file) if {
	some folder in array.concat(_folders, [`{systemdrive}\inetpub\wwwroot`])
	path.below(path.token(file.key), folder)
}

# A script that takes something from the request and runs it.
_shell(file) if {
	file.kind == "script"
	marks := {mark | some mark in file.marks}
	some together in [
		{"eval", "request"},
		{"process", "request"},
		{"assembly_load", "request"},
		{"assembly_load", "base64"},
		{"eval", "jscript"},
		{"upload", "file_write"},
	]
	together & marks == together
}

_does(file) := sprintf(" (its text: %s)", [concat(", ", file.marks)]) if {
	count(file.marks) > 0
} else := ""

# The commonest other script is a page that leads people from the root of the site to Outlook on the web.
_severity(file) := "critical" if {
	_shell(file)
} else := "medium" if {
	path.dir(path.token(file.key)) == `{systemdrive}\inetpub\wwwroot`
} else := "critical"
