package exvet.binary

# METADATA
# description: assembly_files holds, by the name of an assembly in lower case, the files .NET may load for it.
assembly_files := {name: files |
	some name in {row.name | some row in input.facts.binaries.assemblies}
	files := {row.key | some row in input.facts.binaries.assemblies; row.name == name}
}

# METADATA
# scope: document
# description: |
#   assembly_remark is said of an assembly at the end of a message: whose its file is, of several the least trusted one.
default assembly_remark(_) := ""

assembly_remark(name) := remark(assembly_file(name))

# METADATA
# scope: document
# description: assembly_evidence points at every file of an assembly.
default assembly_evidence(_) := []

assembly_evidence(name) := [row | some file in assembly_files[name]; some row in evidence(file)]

# METADATA
# scope: document
# description: |
#   assembly_file is the file that stands for an assembly, of several the least trusted one, "" where none was seen.
default assembly_file(_) := ""

assembly_file(name) := _ranked(name)[0]

# METADATA
# description: assembly_paths holds the files of an assembly, none where none was seen.
assembly_paths(name) := object.get(assembly_files, name, set())

# The files of an assembly that tell whose they are, the least trusted first.
_ranked(name) := [file |
	some class in ["bad", "unsigned", "untrusted", "signed", "shipped", "microsoft"]
	some file in assembly_files[name]
	trust(file) == class
]
