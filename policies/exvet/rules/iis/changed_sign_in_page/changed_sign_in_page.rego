# METADATA
# title: Sign-in page of Outlook on the web treated apart
# description: >-
#   Branding of Outlook on the web by its style sheets and images is documented; changes of its pages and
#   scripts, such as logon.aspx and flogon.js, are not, and are also how passwords are stolen. Settings of
#   their own for such a page are told, and a page or script that was written long after the others of its
#   folder and on no day on which a program of Exchange was: no update wrote it. That is inference: nobody
#   has a list of hashes for each build, and a copy may not keep times.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/exchange/clients/outlook-on-the-web/customize-outlook-on-the-web
# custom:
#   id: EXV-IIS-051
#   stance: review
#   severity: medium
#   clause: C2
#   basis: inference
#   needs: [iis.directories, iis.apps, iis.pools, files.web, files.programs, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Find out which product treats the page apart, remove it, and compare the page with the one of a server
#     with the same update.
#   alternative: >-
#     The documented style sheets and images for branding; AD FS with a page of its own.
#   repro: >-
#     Save the configuration with appcmd add backup, disable this one entry on this application, and test
#     again; appcmd restore backup puts it back.
package exvet.rules.iis.changed_sign_in_page

import data.exvet.iis
import data.exvet.path
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some directory in input.facts.iis.directories
	directory.kind in {"location", "virtual_directory"}
	iis.scopes[directory.scope]
	regex.match(_pages, path.token(directory.physical_key))
	finding := {
		"subject": rule.subject(["config", directory.scope, directory.kind]),
		"message": sprintf("%s has settings of its own; consistent with clause C2", [directory.scope]),
		"evidence": [rule.evidence(directory, directory.physical_path)],
	}
}

findings contains finding if {
	count(_update_days) > 0
	some file in input.facts.files.web
	file.kind in {"script", "page"}
	regex.match(_sign_in, path.token(file.key))
	file.newer_by >= 24
	not substring(file.modified, 0, 10) in _update_days
	finding := {
		"subject": rule.subject(["file", file.path]),
		"message": sprintf("%s was written %s, %d hours after the other files of its folder; consistent with clause C2", [
			file.path,
			file.modified,
			file.newer_by,
		]),
		"evidence": [{"ref": rule.subject(["file", file.path]), "value": sprintf("SHA-256 %s", [file.sha256])}],
	}
}

_pages := `^\{exchange\}\\(frontend\\httpproxy|clientaccess)\\(owa|ecp)\\(.*\\)?[^\\]+\.(aspx|js|css)$`

_sign_in := `^\{exchange\}\\frontend\\httpproxy\\(owa|ecp)\\auth\\(.*\\)?[^\\]+\.(aspx|js|html?)$`

_update_days := {substring(file.modified, 0, 10) | some file in input.facts.files.programs; file.modified != ""}
