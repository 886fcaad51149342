# METADATA
# title: Exchange loads an assembly of its own from elsewhere
# description: >-
#   An entry makes Exchange load one of its own assemblies, by name, from a folder that is not its own, or
#   load code from another machine or over the network. No product needs either: the first puts foreign code
#   in the place of Exchange's, with the rights of the system, and the second lets another machine decide
#   what runs. None of the 19,520 entries of the measured servers lead out of the folder of Exchange.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/dotnet/framework/configure-apps/file-schema/runtime/codebase-element
# custom:
#   id: EXV-IIS-049B
#   stance: security
#   severity: critical
#   clause: C5
#   basis: inference
#   needs: [iis.code_bases, iis.linked_configurations, iis.probing, iis.apps, iis.directories, iis.pools, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Treat it as a possible compromise: isolate the server, keep the file with its times and hash as
#     evidence, and follow your incident response. Do not just delete it.
#   repro: >-
#     Keep a copy of the file and of the configuration before anything is changed.
package exvet.rules.iis.hijacked_code_base

import data.exvet.assembly
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some match in assembly.outside
	match.class == "hijack"
	finding := assembly.finding(match)
}
