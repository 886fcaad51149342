# METADATA
# title: Exchange loads an assembly from outside its folders
# description: >-
#   Exchange lists in its SharedWebConfig.config files where each of its assemblies lies, and all of them lie
#   in the folder it is installed in. This one lies elsewhere on the disk, or an application pulls in another
#   list than those two: the code runs in every worker process of Exchange that asks for it, with the rights
#   of the system. The assemblies of the .NET Framework in the folder of Windows are not counted, and neither
#   is the spelling of the folder. An assembly that Exchange itself ships under the same name, or a path on
#   another machine, is another rule's.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/dotnet/framework/configure-apps/file-schema/runtime/codebase-element
# custom:
#   id: EXV-IIS-049
#   stance: unsupported
#   severity: critical
#   clause: C5
#   basis: inference
#   needs: [iis.code_bases, iis.linked_configurations, iis.probing, iis.apps, iis.directories, iis.pools, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Put the file of a server with the same update in its place, then recycle the pools. Keep a copy of the
#     file and of the assembly it names: find out who wrote the entry first.
#   alternative: >-
#     EWS, Graph or a transport agent, which Exchange loads in a supported way.
#   repro: >-
#     Keep a copy of the file, remove this one entry, recycle the pools, and test again.
package exvet.rules.iis.foreign_code_base

import data.exvet.assembly
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some match in assembly.outside
	match.class == "local"
	finding := assembly.finding(match)
}
