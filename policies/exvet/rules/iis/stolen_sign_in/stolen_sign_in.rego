# METADATA
# title: Sign-in page that sends to others or writes what is typed
# description: >-
#   A page or script of the sign-in to Outlook on the web or the admin center loads a script from, or
#   sends to, a host that is not Microsoft's, reads the password and calls out, or writes files on the
#   server. The pages of setup do none of that. This is inferred from their text: nobody has a list of
#   hashes for each build.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/exchange/clients/outlook-on-the-web/customize-outlook-on-the-web
# custom:
#   id: EXV-IIS-051B
#   stance: security
#   severity: high
#   clause: C2
#   basis: inference
#   needs: [files.web, files.page_links, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Treat it as a possible compromise: isolate the server, keep the file with its times and hash as
#     evidence, and follow your incident response. Do not just delete it.
#   alternative: >-
#     The documented style sheets and images for branding; AD FS with a page of its own.
package exvet.rules.iis.stolen_sign_in

import data.exvet.known
import data.exvet.path
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some file in input.facts.files.web
	_sign_in(file)
	reasons := _reasons(file)
	count(reasons) > 0
	finding := {
		"subject": rule.subject(["file", file.path]),
		"message": sprintf("%s %s", [file.path, concat(", ", reasons)]),
		"evidence": array.concat(
			[{"ref": rule.subject(["file", file.path]), "value": sprintf("SHA-256 %s", [file.sha256])}],
			[rule.evidence(link, link.text) | some link in _links[file.key]],
		),
	}
}

_sign_in(file) if {
	file.kind in {"script", "page"}
	regex.match(`^\{exchange\}\\frontend\\httpproxy\\(owa|ecp)\\auth\\`, path.token(file.key))
	not regex.match(`\\themes\\resources\\[^\\]+\.css$`, file.key)
}

_reasons(file) := array.flatten([
	[sprintf("%s %s", [_kinds[link.kind], link.host]) | some link in _links[file.key]],
	["reads the password and calls out" | {"call", "password"} & marks == {"call", "password"}],
	["writes files or starts programs on the server" | count(marks & _server_side) > 0],
]) if {
	marks := {mark | some mark in file.marks}
}

_server_side := {"file_write", "process", "assembly_load", "upload"}

_kinds := {"script": "loads a script from", "form": "sends its form to", "call": "calls"}

_links := {key: links |
	some key in {link.file_key | some link in input.facts.files.page_links}
	links := [link |
		some link in input.facts.files.page_links
		link.file_key == key
		not _of_microsoft(link.host)
	]
}

_of_microsoft(host) if {
	some known_host in known.files.hosts
	host == known_host
}

_of_microsoft(host) if {
	some known_host in known.files.hosts
	endswith(host, concat("", [".", known_host]))
}
