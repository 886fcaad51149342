# METADATA
# title: Another site on the ports of Exchange
# description: >-
#   Ports 80 and 443 of the front end and 81 and 444 of the back end are Exchange's. A site without applications
#   of Exchange is bound to one of them: on 81 or 444 it stands in the way of the back end (high); on 80 or 443
#   it takes requests from Exchange where its binding is the narrower one, which an address or a host name of
#   its own makes harmless as long as clients of Exchange do not use it (low). A second site for Outlook on the
#   web serves folders of Exchange and is not another site.
# related_resources:
#   - ref: https://learn.microsoft.com/iis/configuration/system.applicationhost/sites/site/bindings/
# custom:
#   id: EXV-IIS-023
#   stance: review
#   severity: medium
#   clause: "-"
#   basis: inference
#   needs: [iis.sites, iis.apps, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Bind the site to another port or to an address of its own, or move it to another server.
#   repro: >-
#     Stop the site and test again.
package exvet.rules.iis.foreign_site

import data.exvet.iis
import data.exvet.path
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	path.exchange_root
	some site in input.facts.iis.sites
	severities := {_severity(site, binding) | some binding in site.bindings}
	count(severities) > 0
	finding := {
		"subject": rule.subject(["site", site.name]),
		"message": sprintf("site %s is bound to %s, a port of Exchange", [
			site.name,
			concat(" and ", [_spell(binding) | some binding in _taken(site)]),
		]),
		"severity": [severity | some severity in ["high", "medium", "low"]; severity in severities][0],
		"evidence": [rule.evidence(site, _spell(binding)) | some binding in _taken(site)],
	}
}

_taken(site) := [binding | some binding in site.bindings; _severity(site, binding)]

_spell(binding) := sprintf("%s %s", [binding.protocol, binding.information])

_severity(site, binding) := "high" if {
	_port(binding) in {"81", "444"}
	not "back_end" in iis.site_kinds[site.name]
	_served
} else := "low" if {
	_front_end(site, binding)
	_apart(binding)
} else := "medium" if {
	_front_end(site, binding)
}

_front_end(site, binding) if {
	_port(binding) in {"80", "443"}
	iis.site_kinds[site.name] == set()
	_served
}

# A server without a site of Exchange has no ports of Exchange either.
_served if {
	some kinds in iis.site_kinds
	count(kinds) > 0
}

# A binding with an address or a host name that no site of Exchange is bound to as well.
_apart(binding) if {
	place := _place(binding)
	not place in {"", "*"}
	not place in _exchange_places
}

_exchange_places := {_place(binding) |
	some site in input.facts.iis.sites
	count(iis.site_kinds[site.name]) > 0
	some binding in site.bindings
}

# "*:443:mail.contoso.com" is at "*mail.contoso.com". An address in version 6 has colons of its own.
_place(binding) := lower(concat("", [address, parts[count(parts) - 1]])) if {
	parts := split(binding.information, ":")
	address := concat(":", array.slice(parts, 0, count(parts) - 2))
}

_port(binding) := parts[count(parts) - 2] if {
	lower(binding.protocol) in {"http", "https"}
	parts := split(binding.information, ":")
}
