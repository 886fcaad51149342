# METADATA
# description: |
#   Which processes are Exchange's: worker processes by the pool they serve, never by their name, and its programs by
#   their path.
package exvet.process

import data.exvet.event
import data.exvet.known
import data.exvet.path
import data.exvet.service

# METADATA
# description: by_pid gives processes by their number.
by_pid := {process.pid: process | some process in input.facts.processes.list}

# METADATA
# description: workers gives, by the number of the process, the names of Exchange's pools that have a worker.
workers := {worker.pid: worker.pool |
	some worker in input.facts.processes.workers
	event.exchange_pool(worker.pool_key)
}

# METADATA
# description: |
#   exchange gives, by number, what Exchange's processes are called in a subject: the pool of a worker, the program of
#   any other.
exchange := object.union(_programs, workers)

_programs := {process.pid: process.name |
	some process in input.facts.processes.list
	process.examined
	_program(process.image_key)
}

_program(key) if service.program(key)

_program(key) if known.processes.hosts[path.token(key)]

# METADATA
# scope: document
# description: named writes a process for people, with its pool where it has one.
named(process) := sprintf("%s (%s)", [process.name, workers[process.pid]]) if {
	workers[process.pid]
} else := process.name

# METADATA
# description: evidence points at a process, with the text that decided.
evidence(process, value) := {"ref": sprintf("process:%d", [process.pid]), "value": value}

# METADATA
# description: program writes what a process runs, with its command line where that is known.
program(process) := process.command_line if {
	process.command_line != ""
} else := process.image if {
	process.image != ""
} else := process.name
