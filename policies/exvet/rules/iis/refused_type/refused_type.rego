# METADATA
# title: Setting or type that IIS refuses to apply
# description: >-
#   An entry that makes .NET load code, a header, an error page or impersonation stands in the configuration
#   of a path of Exchange where it is not allowed. IIS refuses it, since its section is locked farther up or
#   does not belong in that place, and answers requests there with an error. It would take effect with one
#   change to the lock. Types of Exchange and of the .NET Framework are not counted: folders of Exchange are
#   reachable under more addresses than those of their applications.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/get-started/planning-for-security/how-to-use-locking-in-iis-configuration
# custom:
#   id: EXV-IIS-048D
#   stance: review
#   severity: low
#   clause: C2
#   basis: inference
#   needs: [iis.rejected, iis.apps, iis.directories, iis.pools, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Remove the entry from Exchange's paths. Do not open the lock.
#   alternative: >-
#     An external proxy for headers and bodies, add-ins for the user interface, the documented style sheets
#     and images for branding.
#   repro: >-
#     Nothing to try: IIS does not apply the entry. Removing it ends the errors.
package exvet.rules.iis.refused_type

import data.exvet.iis
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some match in iis.refused
	not match.entry.section in _others
	not startswith(match.entry.section, "system.web/compilation/")
	not iis.known_type_text(match.entry.value)
	finding := {
		"subject": rule.subject(["config", match.scope, _setting(match.entry)]),
		"message": sprintf("IIS refuses %s %s in %s: %s; applied, it would be consistent with clause C2", [
			match.entry.section,
			trim_space(concat(" ", [match.entry.name, match.entry.value])),
			match.scope,
			match.entry.reason,
		]),
		"evidence": [rule.evidence(match.entry, match.entry.value)],
	}
}

_setting(entry) := trim_suffix(concat("/", [entry.section, entry.name]), "/")

# Sections other rules speak of.
_others := {
	"system.webServer/modules",
	"system.webServer/globalModules",
	"system.webServer/handlers",
	"system.webServer/isapiFilters",
	"system.webServer/rewrite/rules",
	"system.webServer/rewrite/globalRules",
	"system.webServer/rewrite/outboundRules",
	"system.webServer/rewrite/providers",
}
