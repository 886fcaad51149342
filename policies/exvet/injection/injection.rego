# METADATA
# description: |
#   Which of the registry's ways into processes reach Exchange. Exchange's processes are of 64 bits, so what is
#   registered for programs of 32 bits only does not.
package exvet.injection

import data.exvet.known
import data.exvet.path

# METADATA
# description: |
#   setting tells the single values of the registry that are set, by their keys: a pair of the value, as text, and its
#   place.
setting := {key: rows[count(rows) - 1] |
	some key in {row.key | some row in input.facts.injection.settings}
	rows := [[row.value, row.ref] | some row in input.facts.injection.settings; row.key == key]
}

# METADATA
# description: secure_boot holds when Windows starts with Secure Boot, which switches AppInit_DLLs off.
secure_boot if setting.secure_boot[0] == "1"

# METADATA
# scope: document
# description: |
#   image tells whether a file name is of a program of Exchange ("exchange") or of one of Windows that runs Exchange's
#   code ("host"). It is undefined for any other program.
image(name) := "exchange" if {
	known.services.programs[name]
} else := "host" if known.services.hosts[name]

# METADATA
# description: |
#   options lists what Image File Execution Options hold for programs of Exchange: the row, the kind of program (as
#   image has it) and whether it counts: "on", or "off" for programs of 32 bits and for filters nobody looks at.
options contains [row, kind, _counts(row)] if {
	some row in input.facts.injection.ifeo
	kind := image(row.image_key)
	_same_program(row)
}

_same_program(row) if not row.filtered

_same_program(row) if known.services.programs[row.image_key][path.token(row.filter_key)]

_same_program(row) if known.services.hosts[row.image_key][path.token(row.filter_key)]

_counts(row) := "off" if {
	row.view != "64"
} else := "off" if {
	row.filtered
	not row.use_filter
} else := "on"

# METADATA
# scope: document
# description: verified holds for options with the flag of the application verifier, which loads its DLLs.
verified(row) if bits.and(row.global_flag, _verifier_flag) != 0

# METADATA
# scope: document
# description: stock_verifier holds for the path keys of the verifier's DLLs that come with Windows.
stock_verifier(key) if known.windows.verifiers[path.token(key)]

# METADATA
# scope: document
# description: other_flags holds for options with a flag besides the one that watches a program end.
other_flags(row) if bits.and(row.global_flag, bits.negate(_exit_flag)) != 0

# Of GlobalFlag.
_verifier_flag := 256

_exit_flag := 512

# Of ReportingMode.
_launch_monitor := 1

# METADATA
# description: |
#   silent_exits lists what is watched as a program of Exchange ends: the row, and whether that starts a program:
#   "on", "off", or "bit32" for programs of 32 bits.
silent_exits contains [row, _started(row)] if {
	some row in input.facts.injection.silent_exits
	image(row.image_key)
}

_started(row) := "bit32" if {
	row.view != "64"
} else := "on" if {
	row.monitor != ""
	bits.and(row.reporting_mode, _launch_monitor) != 0
	some [options_row, _, "on"] in options
	options_row.image_key == row.image_key
	bits.and(options_row.global_flag, _exit_flag) != 0
} else := "off"

# METADATA
# description: hexadecimal writes flags as tools for them do.
hexadecimal(flags) := sprintf("0x%x", [flags])

# METADATA
# scope: document
# description: windows holds for files, as path keys, below the folder of Windows.
windows(key) if path.below(path.token(key), "{windir}")

# METADATA
# description: value is the reference of a value of a registry key.
value(key, name) := concat("", [key, "!", name])

# METADATA
# description: |
#   kind_of_filter names, in a sentence, what a file system filter is for, by its altitude. It is "" where Microsoft
#   has not set the altitude aside for a kind.
kind_of_filter(altitude) := kinds[0] if {
	regex.match(`^[0-9]{1,6}(\.[0-9]+)?$`, altitude)
	number := to_number(altitude)
	kinds := [sprintf(", where filters for %s are", [band[2]]) |
		some band in _bands
		number >= band[0]
		number < band[1] + 1
	]
	count(kinds) > 0
} else := ""

_bands := [
	[140000, 149999, "encryption"],
	[280000, 289999, "continuous backup"],
	[320000, 329999, "antivirus"],
	[360000, 389999, "monitoring of activity"],
]
