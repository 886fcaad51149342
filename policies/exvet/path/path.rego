# METADATA
# description: |
#   Windows paths as the facts carry them: path keys (lower case, backslashes, variables expanded). The
#   folders Exchange and Windows are installed in differ from server to server, so known paths are written
#   with tokens in their place.
package exvet.path

# METADATA
# description: exchange_root is the folder Exchange is installed in. Undefined when the evidence does not say.
exchange_root := root if {
	root := input.facts.exchange.root_key
	root != ""
}

# METADATA
# scope: document
# description: system_root is the folder Windows is installed in.
default system_root := `c:\windows`

system_root := root if {
	root := input.facts.exchange.system_root_key
	root != ""
}

# METADATA
# description: |
#   token writes a path key with {exchange}, {windir} or {systemdrive} in place of the folder it lies in,
#   the first that holds. Any other path stays as it is.
token(key) := _token(key, _roots)

_token(key, roots) := concat("", ["{exchange}", substring(key, count(roots.exchange) - 1, -1)]) if {
	startswith(concat("", [key, `\`]), roots.exchange)
} else := concat("", ["{windir}", substring(key, count(roots.windir) - 1, -1)]) if {
	startswith(concat("", [key, `\`]), roots.windir)
} else := concat("", ["{systemdrive}", substring(key, 2, -1)]) if {
	startswith(concat("", [key, `\`]), roots.systemdrive)
} else := key

# The folders with a backslash at the end, so that v15evil does not begin like v15.
_roots := object.union(
	{"exchange": concat("", [exchange_root, `\`]) | exchange_root},
	{
		"windir": concat("", [system_root, `\`]),
		"systemdrive": concat("", [substring(system_root, 0, 2), `\`]),
	},
)

# METADATA
# scope: document
# description: |
#   below holds for a folder itself and everything in it. It compares whole components: v15evil is not in v15.
below(key, folder) if key == folder

below(key, folder) if startswith(key, concat("", [folder, `\`]))

# METADATA
# description: base is the last component of a path key.
base(key) := parts[count(parts) - 1] if parts := split(key, `\`)

# METADATA
# description: dir is a path key without its last component, "" when there is only one.
dir(key) := concat(`\`, array.slice(parts, 0, count(parts) - 1)) if parts := split(key, `\`)

# METADATA
# description: |
#   spell writes a tokenised path for people: the folder of this server, or the variable IIS knows it by.
spell(tokenised) := strings.replace_n(
	{"{exchange}": input.facts.exchange.root, "{windir}": "%windir%", "{systemdrive}": "%SystemDrive%"},
	tokenised,
)
