# METADATA
# title: Transport started another program
# description: >-
#   EdgeTransport.exe started a program other than a console, an error report or Exchange's own
#   OleConverter.exe. Transport agents run in that process: one that starts programs is a way to keep a
#   foothold.
# related_resources:
#   - ref: https://attack.mitre.org/software/S0395/
#   - ref: https://attack.mitre.org/techniques/T1505/002/
# custom:
#   id: EXV-TRA-013
#   stance: security
#   severity: critical
#   clause: "-"
#   basis: inference
#   needs: [processes.list, exchange.root]
#   remediation: >-
#     Find the transport agent that started the program, and treat it as a compromise unless its vendor says what it is
#     for.
#   repro: >-
#     Disable the agent with Disable-TransportAgent, restart the transport service, and see that the program does not
#     start again.
package exvet.rules.process.transport_child

import data.exvet.known
import data.exvet.path
import data.exvet.process
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some child in input.facts.processes.list
	parent := process.by_pid[child.parent]
	path.token(parent.image_key) == `{exchange}\bin\edgetransport.exe`
	not known.processes.transport_children[path.token(child.image_key)]
	not _named_only(child)
	finding := {
		"subject": rule.subject(["process", parent.name, child.name]),
		"message": sprintf("%s started %s", [parent.name, process.program(child)]),
		"evidence": [process.evidence(child, process.program(child))],
		"binary": child.image_key,
		"integration": products.file_owner(child.image_key),
	}
}

# Of a child nobody could read, the name is all there is.
_named_only(child) if {
	child.image_key == ""
	some image, _ in known.processes.transport_children
	path.base(image) == child.key
}
