# METADATA
# title: Reverse proxy on the Exchange server itself
# description: >-
#   Application Request Routing (ARR) passes requests on to other servers, and is part of the same pipeline
#   as Exchange here. Found are the proxy switched on where it reaches Exchange, a farm of servers that is
#   enabled, and, as low, the module alone, which does nothing until one of the two is there. ARR on a server
#   of its own in front of Exchange is common and is not meant, nor is a proxy that reaches other sites only.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/extensions/planning-for-arr/using-the-application-request-routing-module
# custom:
#   id: EXV-IIS-042
#   stance: review
#   severity: high
#   clause: C2
#   basis: inference
#   needs: [iis.settings, iis.web_farms, iis.global_modules, iis.apps, iis.directories, iis.pools, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Move the proxy to a server of its own in front of Exchange, then switch it off here and remove the
#     module.
#   alternative: >-
#     A load balancer, Web Application Proxy or ARR on another server.
#   repro: >-
#     Switch the proxy off with appcmd set config -section:system.webServer/proxy /enabled:false, test again,
#     and switch it on.
package exvet.rules.iis.server_proxy

import data.exvet.iis
import data.exvet.known
import data.exvet.path
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some setting in input.facts.iis.settings
	setting.section == "system.webServer/proxy"
	setting.name == "enabled"
	lower(setting.value) == "true"
	some place in iis.places(setting.scopes)
	finding := {
		"subject": rule.subject(["config", place, "system.webServer/proxy/enabled"]),
		"message": sprintf("the proxy of ARR is on (enabled=\"%s\") %s; consistent with clause C2", [
			setting.value,
			iis.place_text(place),
		]),
		"evidence": rule.history(setting, sprintf("enabled=\"%s\"", [setting.value])),
	}
}

findings contains finding if {
	path.exchange_root
	some farm in input.facts.iis.web_farms
	farm.enabled
	finding := {
		"subject": rule.subject(["config", "", concat("/", ["webFarms", farm.name])]),
		"message": sprintf("farm %s passes requests on to %s; consistent with clause C2", [
			farm.name,
			concat(", ", farm.servers),
		]),
		"evidence": [rule.evidence(farm, concat(", ", farm.servers))],
	}
}

findings contains finding if {
	count(iis.apps) > 0
	some module in input.facts.iis.global_modules
	module.key == "applicationrequestrouting"
	known.optional.global_modules[module.key][path.token(module.image_key)]
	iis.loads(module.preconditions)
	finding := {
		"subject": rule.subject(["global-module", module.name]),
		"message": sprintf("module %s (%s) of ARR is in the worker processes of Exchange; consistent with clause C2", [
			module.name,
			module.image,
		]),
		"severity": "low",
		"evidence": rule.history(module, module.image),
		"binary": module.image_key,
	}
}
