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

assembly_remark(name) := remarks[0] if {
	remarks := [remark(file) |
		some class in ["bad", "unsigned", "untrusted", "signed", "shipped", "microsoft"]
		some file in assembly_files[name]
		trust(file) == class
	]
	count(remarks) > 0
}

# METADATA
# scope: document
# description: assembly_evidence points at every file of an assembly.
default assembly_evidence(_) := []

assembly_evidence(name) := [row | some file in assembly_files[name]; some row in evidence(file)]
