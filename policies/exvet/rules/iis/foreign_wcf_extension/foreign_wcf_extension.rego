# METADATA
# title: Foreign WCF extension in an Exchange application
# description: >-
#   Exchange's web services are built on WCF, which lets configuration add behaviours, encoders and
#   endpoints: a message inspector added this way reads and changes every call of EWS or Autodiscover. This
#   one is neither Exchange's nor the .NET Framework's, by class, assembly and public key token together; a
#   class that is named like Microsoft's proves nothing.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/dotnet/framework/wcf/extending/
# custom:
#   id: EXV-IIS-008B
#   stance: unsupported
#   severity: high
#   clause: C2
#   basis: inference
#   needs: [iis.managed_types, iis.apps, iis.directories, iis.pools, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Remove the entry from Exchange's paths, and do the work on a load balancer or web application firewall
#     in front of the server.
#   alternative: >-
#     Exchange Web Services with an application of its own, Graph, or a proxy in front of the server.
#   repro: >-
#     Save the configuration with appcmd add backup, disable this one entry on this application, and test
#     again; appcmd restore backup puts it back.
package exvet.rules.iis.foreign_wcf_extension

import data.exvet.iis
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some entry in iis.foreign_types
	startswith(entry.section, "system.serviceModel/extensions/")
	some place in iis.places(entry.scopes)
	finding := {
		"subject": rule.subject(["config", place, concat("/", [entry.section, entry.name])]),
		"message": sprintf("WCF extension %s (%s) is added %s; consistent with clause C2", [
			entry.name,
			entry.type,
			iis.place_text(place),
		]),
		"evidence": rule.history(entry, entry.type),
	}
}
