# METADATA
# title: Debugging flags set for a program of Exchange
# description: >-
#   GlobalFlag, VerifierFlags or VerifierDlls are set for a program of Exchange, w3wp.exe or powershell.exe, or
#   GlobalFlag for the whole server. Microsoft Support sets such flags (page heap, say) to trace a fault, and
#   nobody takes them away: they change how the program behaves and cost much speed. A flag that loads a
#   foreign DLL is EXV-INJ-004, one that watches a program end is EXV-INJ-005; flags of 32-bit programs are
#   info.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/windows-hardware/drivers/debugger/gflags-flag-table
# custom:
#   id: EXV-INJ-004B
#   stance: review
#   severity: medium
#   clause: C5
#   basis: inference
#   needs: [injection.ifeo, injection.settings, exchange.root]
#   remediation: >-
#     Ask whether Microsoft Support or an administrator still needs the flags; if not, take them away with
#     gflags and restart the program.
#   repro: >-
#     Export the key with reg export, take the entry out, restart the server or the services, and test again;
#     importing the file puts it back.
package exvet.rules.injection.global_flag

import data.exvet.injection
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some [row, _, counts] in injection.options
	said := _flags(row, counts)
	count(said) > 0
	finding := {
		"subject": rule.subject(["registry", row.ref]),
		"message": sprintf("%s runs with %s; consistent with clause C5 if a DLL comes with it", [
			row.image,
			concat(" ", [sprintf("%s=%s", pair) | some pair in said]),
		]),
		"severity": {"on": "medium", "off": "info"}[counts],
		"evidence": [rule.registry(injection.value(row.ref, pair[0]), pair[1]) | some pair in said],
	}
}

findings contains finding if {
	[value, ref] := injection.setting.global_flag
	regex.match(`^[0-9]{1,10}$`, value)
	flag := to_number(value)
	flag != 0
	said := injection.hexadecimal(flag)
	finding := {
		"subject": rule.subject(["registry", ref]),
		"message": sprintf("every program has GlobalFlag=%s; consistent with clause C5 if it loads a DLL", [said]),
		"severity": "medium",
		"evidence": [rule.registry(ref, said)],
	}
}

# What the row sets beyond what other rules say of it.
_flags(row, counts) := array.flatten([
	[["GlobalFlag", injection.hexadecimal(row.global_flag)] | _unsaid_flag(row, counts)],
	[["VerifierFlags", injection.hexadecimal(row.verifier_flags)] | row.verifier_flags != 0],
	[["VerifierDlls", concat(" ", row.verifier_dlls)] | _unsaid(row, counts)],
])

_unsaid_flag(row, counts) if {
	injection.other_flags(row)
	not _loads_foreign(row, counts)
}

_unsaid(row, counts) if {
	count(row.verifier_dlls) > 0
	not _loads_foreign(row, counts)
}

_loads_foreign(row, "on") if {
	injection.verified(row)
	some key in row.verifier_dll_keys
	not injection.stock_verifier(key)
}
