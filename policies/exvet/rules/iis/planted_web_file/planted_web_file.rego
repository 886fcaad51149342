# METADATA
# title: Configuration file where web shells are left
# description: >-
#   Web shells on Exchange servers are left in a few folders that anyone can reach: aspnet_client below the
#   root of the site, and the auth folders of Outlook on the web and of the Exchange admin center on the
#   front end. What can be told from the configuration alone is a web.config of its own in one of them, which
#   setup does not put there: it can make any file in that folder run. The scripts themselves (aspx, ashx,
#   asmx, asp) can be told only where the files of these folders were listed; until they are, the rule stays
#   unknown where it finds nothing.
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

_folders := [
	`{systemdrive}\inetpub\wwwroot\aspnet_client`,
	`{exchange}\frontend\httpproxy\owa\auth`,
	`{exchange}\frontend\httpproxy\ecp\auth`,
]
