# METADATA
# title: Page that was compiled where none belongs
# description: >-
#   ASP.NET keeps a record of each page it compiled. One is of a page in a folder where web shells are
#   left, which setup does not put there: the page ran, whether or not it is still there.
# related_resources:
#   - ref: https://www.cisa.gov/news-events/cybersecurity-advisories/aa21-062a
# custom:
#   id: EXV-IIS-050C
#   stance: security
#   severity: high
#   clause: "-"
#   basis: inference
#   needs: [files.compiled]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Treat it as a possible compromise: isolate the server, keep the file with its times and hash as
#     evidence, and follow your incident response. Do not just delete it.
package exvet.rules.iis.compiled_page

import data.exvet.known
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some page in input.facts.files.compiled
	_suspect(page.key)
	finding := {
		"subject": rule.subject(["file", page.virtual_path]),
		"message": sprintf(
			"%s was compiled and run (%s), and setup puts no such page there",
			[page.virtual_path, page.modified],
		),
		"evidence": [{"ref": rule.subject(["file", page.file]), "value": page.virtual_path}],
	}
}

_suspect(key) if regex.match(`(^|/)aspnet_client/`, key)

_suspect(key) if {
	match := regex.find_all_string_submatch_n(_page, key, 1)[0]
	folder := sprintf(`{exchange}\frontend\httpproxy\%s\auth`, [match[1]])
	not known.files.pages[folder][match[2]]
}

_page := `^/(owa|ecp)/auth/(?:.*/)?([^/]+\.(?:aspx|ashx|asmx|asp|cshtml))$`
