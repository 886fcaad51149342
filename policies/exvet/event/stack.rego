package exvet.event

import data.exvet.known

# METADATA
# description: |
#   foreign_frames lists the frames of a call stack that are in code neither Microsoft nor Exchange setup installs,
#   by namespace. Without a namespace nothing can be said.
foreign_frames(frames) := [frame |
	some frame in frames
	method := _method(frame)
	count(split(method, ".")) > 2
	foreign_type(method)
]

# The full name of the method a frame is in: "Acme.Gate.Check" of "Acme.Gate.Check(Object sender)".
_method(frame) := words[count(words) - 1] if words := split(trim_space(split(frame, "(")[0]), " ")

# METADATA
# description: |
#   foreign_type holds for the full name of a type in a namespace that is nobody's who is known. Exchange shortens the
#   names of its own to their first letters.
foreign_type(name) if {
	parts := split(lower(name), ".")
	count(parts) > 1
	_foreign_root(parts[0])
}

# METADATA
# description: |
#   foreign_assembly holds for the name of an assembly that is neither Microsoft's nor installed by Exchange setup.
#   Reports of hangs have "unknown" or a number in its place.
foreign_assembly(name) if {
	root := split(lower(name), ".")[0]
	root != "unknown"
	_foreign_root(root)
}

_foreign_root(root) if {
	regex.match(`^[\pL_][\pL\pN_-]+$`, root)
	not known.events.namespaces[root]
}
