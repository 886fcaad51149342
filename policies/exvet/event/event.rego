# METADATA
# description: |
#   Events of a server's logs, and whose process one is about. What a log lacks proves nothing; what it holds
#   is told with the number of its record.
package exvet.event

import data.exvet.iis
import data.exvet.path

# METADATA
# description: subject names the log and the number of an event, "event:Application/4999".
subject(row) := sprintf("event:%s/%d", [row.log, row.id])

# METADATA
# description: evidence points at the record of an event, with the text that decided.
evidence(row, value) := {"ref": sprintf("event:%s/%d#%d", [row.log, row.id, row.record]), "value": value}

# METADATA
# description: |
#   seen tells when the events of some rows happened, and how often. A row stands for the newest events of a kind, so
#   that the number is the least there were.
seen(rows) := sprintf("at %s", [_newest(rows)]) if {
	_number(rows) == 1
} else := sprintf("%d times or more, last at %s", [_number(rows), _newest(rows)])

_number(rows) := max({count(rows)} | {row.count | some row in rows})

_newest(rows) := newest if {
	newest := max({row.time | some row in rows})
	newest != ""
} else := "an unknown time"

# METADATA
# scope: document
# description: |
#   exchange_pool holds for the key of one of Exchange's application pools: one named as Exchange names them, also
#   where the configuration of IIS was not seen, or one that hosts Exchange.
exchange_pool(key) if startswith(key, "msexchange")

exchange_pool(key) if key in iis.pools

# METADATA
# scope: document
# description: |
#   exchange_process holds for a crash of a process of Exchange: one of its programs, or a worker process of one of
#   its pools. w3wp.exe alone is nobody's.
exchange_process(crash) if {
	worker_process(crash)
	exchange_pool(crash.pool_key)
}

exchange_process(crash) if {
	crash.application_path_key != ""
	path.below(path.token(crash.application_path_key), "{exchange}")
}

exchange_process(crash) if {
	some start in ["msexchange", "microsoft.exchange."]
	startswith(crash.application_key, start)
}

exchange_process(crash) if trim_suffix(crash.application_key, ".exe") in _programs

# METADATA
# description: worker_process holds for a crash of a worker process of IIS, whatever its pool.
worker_process(crash) if trim_suffix(crash.application_key, ".exe") == "w3wp"

# Programs of Exchange whose names do not begin with its own.
_programs := {
	"complianceauditservice",
	"edgetransport",
	"fms",
	"hostcontrollerservice",
	"noderunner",
	"oleconverter",
	"parserserver",
	"scanningprocess",
	"transcodingservice",
	"umservice",
	"umworkerprocess",
	"wsbexchange",
}

# METADATA
# description: |
#   image writes the path of an image an event names as known paths are: with the variables of Windows and Exchange
#   resolved, and a token for the folder it lies in.
image(key) := path.token(_resolve(key))

_resolve(key) := strings.replace_n(_variables, key)

_variables := object.union(
	{
		"%windir%": path.system_root,
		"%systemroot%": path.system_root,
		"%systemdrive%": substring(path.system_root, 0, 2),
		"%programfiles%": concat("", [substring(path.system_root, 0, 2), `\program files`]),
	},
	{variable: path.exchange_root | some variable in ["%exchangeinstalldir%", "%exchangeinstallpath%"]},
)

# METADATA
# description: |
#   foreign_folder holds for the path of an image that lies neither in the folder of Exchange nor in that of
#   Windows. Nothing can be compared where Exchange's folder is not known, or where the event has no whole path.
foreign_folder(key) if {
	path.exchange_root
	regex.match(`^(?:[a-z]:|\\)\\`, _resolve(key))
	every folder in ["{exchange}", "{windir}"] {
		not path.below(image(key), folder)
	}
}
