# METADATA
# title: Worker process of Exchange started a tool of an intruder
# description: >-
#   A worker process of Exchange started a command shell, a script host or a tool for looking around, which
#   Exchange never does and a web shell does first; or a program with the name of one that ASP.NET and Windows
#   start, from another folder. Compilers, consoles and error reports in their own folders are usual.
# related_resources:
#   - ref: https://attack.mitre.org/techniques/T1505/003/
#   - ref: https://learn.microsoft.com/exchange/antispam-and-antimalware/amsi-integration-with-exchange
# custom:
#   id: EXV-PRC-003
#   stance: security
#   severity: critical
#   clause: "-"
#   basis: inference
#   needs: [processes.list, processes.workers, exchange.root, iis.apps, iis.pools]
#   remediation: >-
#     Treat it as a compromise: isolate the server, keep its memory and logs, find the page or module that started the
#     program, and look for what it left.
#   repro: >-
#     Match the time the process started with the log of IIS, and find the request.
package exvet.rules.process.tool_child

import data.exvet.known
import data.exvet.path
import data.exvet.process
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some child in input.facts.processes.list
	pool := process.workers[child.parent]
	why := _why(child.key, path.token(child.image_key))
	finding := {
		"subject": rule.subject(["process", pool, child.name]),
		"message": sprintf("worker process of %s started %s, %s", [pool, process.program(child), why]),
		"evidence": [process.evidence(child, process.program(child))],
		"binary": child.image_key,
		"integration": products.file_owner(child.image_key),
	}
}

_why(name, file) := "which Exchange never does" if {
	known.processes.tools[name]
} else := "from another folder than the program of that name" if {
	_borrowed(name, file)
}

_borrowed(name, file) if {
	file != ""
	name in _usual_names
	not known.processes.children[file]
}

_usual_names := {path.base(image) | some image, _ in known.processes.children}
