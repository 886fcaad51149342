# METADATA
# title: Foreign provider of the URL Rewrite module on a path of Exchange
# description: >-
#   A provider is a .NET type that the URL Rewrite module loads into the worker process to work out addresses.
#   Exchange setup installs none.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/extensions/url-rewrite-module/url-rewrite-module-configuration-reference
# custom:
#   id: EXV-IIS-040E
#   stance: unsupported
#   severity: high
#   clause: C2
#   basis: inference
#   needs: [iis.rewrite_providers, iis.apps, iis.directories, iis.pools, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Remove the entry from Exchange's paths, and do the work on a load balancer or web application firewall
#     in front of the server.
#   alternative: >-
#     An external proxy for headers and bodies, add-ins for the user interface, the documented style sheets
#     and images for branding.
#   repro: >-
#     Save the configuration with appcmd add backup, disable this one entry on this application, and test
#     again; appcmd restore backup puts it back.
package exvet.rules.iis.foreign_rewrite_provider

import data.exvet.iis
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some provider in input.facts.iis.rewrite_providers
	some scope in provider.scopes
	iis.scopes[scope]
	finding := {
		"subject": rule.subject(["rewrite", scope, provider.name]),
		"message": sprintf("rewrite provider %s (%s) in %s; consistent with clause C2", [
			provider.name,
			provider.type,
			scope,
		]),
		"evidence": rule.history(provider, provider.type),
	}
}
