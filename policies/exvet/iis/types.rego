package exvet.iis

import data.exvet.known
import data.exvet.path

# METADATA
# description: |
#   foreign_types holds the .NET types and assemblies that configuration loads outside modules and handlers, and
#   that are neither those Exchange's web.config files name, nor an assembly of Exchange or of the .NET
#   Framework with the key it is signed with.
foreign_types contains entry if {
	path.exchange_root
	some entry in input.facts.iis.managed_types
	not _known_type(entry)
}

_known_type(entry) if known.types[known.type_key(entry)]

_known_type(entry) if known.managed_modules[known.type_key(entry)]

_known_type(entry) if known.managed_handlers[known.type_key(entry)]

_known_type(entry) if {
	entry.token != ""
	known.assemblies[entry.assembly] == entry.token
}

_known_type(entry) if {
	known.framework_tokens[entry.token]
	_framework_assembly(entry.assembly)
}

# The Framework's own files leave out the assembly of types of its own.
_known_type(entry) if {
	_framework_file(path.token(lower(entry.file)))
	entry.token == ""
	entry.assembly in {"", "mscorlib"}
	_framework_class(entry.class)
}

# All assemblies of the application's own bin folder.
_known_type(entry) if {
	entry.section == "system.web/compilation/assemblies"
	entry.type == "*"
}

_framework_file(file) if regex.match(`^\{windir\}\\microsoft\.net\\framework(64)?\\[^\\]+\\config\\[^\\]+$`, file)

_framework_class("")

_framework_class(class) if startswith(class, "system.")

_framework_assembly(assembly) if assembly in {"mscorlib", "system", "microsoft.csharp", "microsoft.visualbasic"}

_framework_assembly(assembly) if startswith(assembly, "system.")

_framework_assembly(assembly) if startswith(assembly, "microsoft.visualbasic.activities")

# METADATA
# description: known_type_text holds for a type, written as configuration writes it, that foreign_types leaves out.
known_type_text(text) if {
	type := _type(text)
	_known_type(object.union(type, {"type": text, "section": "", "file": ""}))
}
