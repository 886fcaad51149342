# METADATA
# title: Sign-in page of Outlook on the web treated apart
# description: >-
#   Branding of Outlook on the web by its style sheets and images is documented; changes of its pages and
#   scripts, such as logon.aspx and flogon.js, are not, and are also how passwords are stolen. What can be
#   told from the configuration alone is settings of their own for such a page or script. Whether a page was
#   edited can be told only where its hash is known; until the files are listed, the rule stays unknown where
#   it finds nothing.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/exchange/clients/outlook-on-the-web/customize-outlook-on-the-web
# custom:
#   id: EXV-IIS-051
#   stance: review
#   severity: medium
#   clause: C2
#   basis: inference
#   needs: [iis.directories, iis.apps, iis.pools, files.web, exchange.root]
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

_pages := `^\{exchange\}\\(frontend\\httpproxy|clientaccess)\\(owa|ecp)\\(.*\\)?[^\\]+\.(aspx|js|css)$`
