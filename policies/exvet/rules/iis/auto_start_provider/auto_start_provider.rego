# METADATA
# title: Code that is loaded when an Exchange pool starts
# description: >-
#   An auto-start provider is a .NET type that IIS loads into a pool as soon as it starts, before the first
#   request and beside the modules of the application. Exchange has none. One that no application of Exchange
#   names (low) is loaded elsewhere or nowhere. An application of Exchange that is loaded ahead of requests, or
#   has pages called when it starts, was changed as well (low), though nothing foreign need be loaded for it.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/configuration/system.applicationhost/serviceautostartproviders/
#   - ref: https://learn.microsoft.com/iis/configuration/system.webserver/applicationinitialization/
# custom:
#   id: EXV-IIS-035
#   stance: review
#   severity: high
#   clause: C3
#   basis: inference
#   needs: [iis.auto_start_providers, iis.settings, iis.apps, iis.directories, iis.pools, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Take the provider off the application of Exchange and uninstall the product that registered it, or move it
#     to an IIS server of its own.
#   repro: >-
#     Save the configuration with appcmd add backup, take the attribute off the application, recycle the pool,
#     and test again.
package exvet.rules.iis.auto_start_provider

import data.exvet.iis
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some app in input.facts.iis.apps
	app.scope in iis.apps
	signs := _signs(app)
	count(signs) > 0
	finding := {
		"subject": rule.subject(["app", app.scope]),
		"message": sprintf("%s is started with %s; consistent with clause C3 if code of a product is loaded", [
			app.scope,
			concat(" and ", signs),
		]),
		"severity": _severity(app),
		"evidence": array.concat(
			[rule.evidence(app, sign) | some sign in signs],
			[rule.evidence(provider, provider.type) | some provider in _providers(app)],
		),
	}
}

findings contains finding if {
	some provider in input.facts.iis.auto_start_providers
	not provider.key in _named
	finding := {
		"subject": rule.subject(["config", "", concat("/", ["serviceAutoStartProviders", provider.name])]),
		"message": sprintf("%s (%s) starts with no application of Exchange; with one it would be consistent with clause C3", [
			provider.name,
			provider.type,
		]),
		"severity": "low",
		"evidence": [rule.evidence(provider, provider.type)],
	}
}

findings contains finding if {
	some setting in input.facts.iis.settings
	setting.section == "system.webServer/applicationInitialization"
	lower(setting.value) != "false"
	some scope in iis.places(setting.scopes)
	finding := {
		"subject": rule.subject(["config", scope, concat("/", [setting.section, setting.name])]),
		"message": sprintf("%s is called at the start %s; consistent with clause C3 if a product answers", [
			setting.name,
			iis.place_text(scope),
		]),
		"severity": "low",
		"evidence": rule.history(setting, setting.name),
	}
}

_signs(app) := array.concat(
	[sprintf("serviceAutoStartProvider=\"%s\"", [app.auto_start_provider]) | app.auto_start_provider != ""],
	["preloadEnabled=\"true\"" | app.preload],
)

# IIS loads a provider only where serviceAutoStartEnabled is set as well.
_severity(app) := "high" if {
	app.auto_start
	app.auto_start_provider != ""
} else := "low"

_providers(app) := [provider |
	some provider in input.facts.iis.auto_start_providers
	provider.key == lower(app.auto_start_provider)
]

_named := {lower(app.auto_start_provider) |
	some app in input.facts.iis.apps
	app.scope in iis.apps
}
