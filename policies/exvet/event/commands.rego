package exvet.event

# METADATA
# description: |
#   planted_command holds for the command line of a service that starts a command interpreter or PowerShell, or a
#   program in a folder anyone may write to.
planted_command(line) if {
	some pattern in [
		`^"?(?:[^"]*\\)?(?:%comspec%|cmd(?:\.exe)?)"?\s+/`,
		`\b(?:powershell|pwsh|mshta|wscript|cscript|rundll32|regsvr32)(?:\.exe)?"?\s`,
		`^"?(?:[a-z]:|%\w+%)(?:\\windows)?\\(?:temp|tmp|perflogs|users\\public)\\`,
		`\\appdata\\local\\temp\\`,
	]
	regex.match(pattern, line)
}
