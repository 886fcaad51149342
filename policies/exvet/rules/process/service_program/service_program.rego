# METADATA
# title: Exchange process runs another program
# description: >-
#   A service of Exchange runs a program that is not the one its registration names, or that lies outside the folder of
#   Exchange; or a worker process of an Exchange pool is not the w3wp.exe of IIS; or either is where it belongs and, by
#   its signature, not Microsoft's. Something else runs in Exchange's name.
# related_resources:
#   - ref: https://attack.mitre.org/techniques/T1036/005/
#   - ref: https://attack.mitre.org/techniques/T1574/010/
# custom:
#   id: EXV-PRC-002
#   stance: security
#   severity: critical
#   clause: "-"
#   basis: inference
#   needs:
#     - processes.list
#     - processes.workers
#     - binaries.processes
#     - services.list
#     - exchange.root
#     - iis.apps
#     - iis.pools
#   remediation: >-
#     Find out what the program is and who put it there. Unless somebody did so on purpose, treat it as a compromise and
#     keep the file.
#   repro: >-
#     Compare ImagePath of the service with the program that runs, restart the service, and compare again.
package exvet.rules.process.service_program

import data.exvet.binary
import data.exvet.known
import data.exvet.path
import data.exvet.process
import data.exvet.product as products
import data.exvet.rule
import data.exvet.service

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some found in service.exchange
	some running in input.facts.processes.list
	found.key in running.services
	running.image_key != ""
	why := _why(found, running)
	finding := {
		"subject": rule.subject(["process", running.name, found.name]),
		"message": sprintf("%s runs %s, %s", [found.name, running.image, why]),
		"evidence": array.concat(
			[
				process.evidence(running, running.image),
				rule.registry(concat("", [found.ref, "!ImagePath"]), found.image),
			],
			binary.evidence(running.image_key),
		),
		"binary": running.image_key,
		"integration": products.file_owner(running.image_key),
	}
}

findings contains finding if {
	some pid, pool in process.workers
	running := process.by_pid[pid]
	running.image_key != ""
	why := _misplaced(running)
	finding := {
		"subject": rule.subject(["process", pool, running.name]),
		"message": sprintf("worker process of %s is %s, %s", [pool, running.image, why]),
		"evidence": array.concat([process.evidence(running, running.image)], binary.evidence(running.image_key)),
		"binary": running.image_key,
		"integration": products.file_owner(running.image_key),
	}
}

_why(found, running) := sprintf("and its registration names %s", [found.path]) if {
	found.path_key != ""
	found.path_key != running.image_key
	not _spelt(found, running)
} else := sprintf("outside of %s", [input.facts.exchange.root]) if {
	not path.below(path.token(running.image_key), "{exchange}")
	not known.processes.hosts[path.token(running.image_key)]
} else := _stranger(running.image_key)

_misplaced(running) := "not w3wp.exe of IIS" if {
	not known.processes.workers[path.token(running.image_key)]
} else := _stranger(running.image_key)

# What lies where Microsoft's program belongs, and was signed by another or by nobody.
_stranger(key) := sprintf("where Microsoft's program belongs, %s", [binary.said(key)]) if {
	binary.foreign[key]
}

# A registration may spell the folder by a short name or a junction: it is the program Exchange setup put there.
_spelt(found, running) if {
	service.program(running.image_key)
	path.base(running.image_key) == path.base(found.path_key)
}
