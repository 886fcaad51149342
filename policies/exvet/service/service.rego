# METADATA
# description: |
#   Which services are Exchange's, by their names and by the programs they run, and whose environment its
#   processes get.
package exvet.service

import data.exvet.known
import data.exvet.path

# METADATA
# description: exchange lists Exchange's services.
exchange contains service if {
	some service in input.facts.services.list
	not service.driver
	_exchange(service)
}

_exchange(service) if known.services.accounts[service.key]

_exchange(service) if startswith(service.key, "msexchange")

_exchange(service) if program(service.path_key)

# METADATA
# scope: document
# description: |
#   running points at the process a service runs in: what it was started as goes on until it is started again. It
#   is empty for a service that does not run, and where nobody knows.
running(service) := [place |
	service.pid > 0
	service.state != ""
	place := {"ref": sprintf("process:%d", [service.pid]), "value": sprintf("%s is %s", [service.name, service.state])}
]

# METADATA
# scope: document
# description: program holds for the path of a program Exchange setup installs.
program(path_key) if known.services.programs[path.base(path_key)][path.token(path_key)]

# METADATA
# scope: document
# description: |
#   hosts tells, by key, the services whose environment reaches Exchange's processes: its own, and those of IIS
#   that start its worker processes.
hosts := object.union(
	{service.key: service.name | some service in exchange},
	{service.key: service.name |
		some service in input.facts.services.list
		service.key in {"w3svc", "was"}
	},
)

# METADATA
# description: |
#   accounts is the set of the accounts, as SIDs, that a service of Exchange may run as. One that is not
#   documented may run as any account Exchange uses.
accounts(key) := object.keys(object.get(known.services.accounts, key, {"S-1-5-18": true, "S-1-5-20": true}))
