# METADATA
# title: Worker process of Exchange started another program
# description: >-
#   A worker process of Exchange started a program that is neither Exchange's nor one ASP.NET and Windows
#   start there. The code that did so runs in the pool, where only Exchange's belongs.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
# custom:
#   id: EXV-PRC-003B
#   stance: review
#   severity: medium
#   clause: C3
#   basis: inference
#   needs: [processes.list, processes.workers, exchange.root, iis.apps, iis.pools]
#   remediation: >-
#     Find the product the program belongs to, and the module that starts it. Have its vendor run it as a service.
#   alternative: >-
#     A service of its own, outside of Exchange's processes.
#   repro: >-
#     Turn the product off, recycle the pool, and see that the program does not start again.
package exvet.rules.process.other_child

import data.exvet.known
import data.exvet.path
import data.exvet.process
import data.exvet.product as products
import data.exvet.rule
import data.exvet.service

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some child in input.facts.processes.list
	child.image_key != ""
	not child.key in _judged
	not service.program(child.image_key)
	pool := process.workers[child.parent]
	finding := {
		"subject": rule.subject(["process", pool, child.name]),
		"message": sprintf("worker process of %s started %s; consistent with clause C3, foreign code in an Exchange pool", [
			pool,
			process.program(child),
		]),
		"evidence": [process.evidence(child, child.image)],
		"binary": child.image_key,
		"integration": products.file_owner(child.image_key),
	}
}

# What EXV-PRC-003 judges: tools, and what has the name of a usual child.
_judged := object.keys(known.processes.tools) | {path.base(image) | some image, _ in known.processes.children}
