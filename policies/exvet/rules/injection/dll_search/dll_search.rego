# METADATA
# title: Search for DLLs weakened
# description: >-
#   Windows takes the DLLs of KnownDLLs from its own folder and looks for others in the folder of the program,
#   then in its own. Here ExcludeFromKnownDlls makes an exception, SafeDllSearchMode is 0, which puts the
#   current folder first, or KnownDLLs names another folder or a file that Windows does not list: a DLL planted
#   beside a program is then loaded in place of one of Windows. What Windows lists differs a little between
#   versions; signatures are not looked at.
# related_resources:
#   - ref: https://learn.microsoft.com/windows/win32/dlls/dynamic-link-library-search-order
#   - ref: https://attack.mitre.org/techniques/T1574/001/
# custom:
#   id: EXV-INJ-006
#   stance: security
#   severity: high
#   clause: "-"
#   basis: inference
#   needs: [injection.known_dlls, injection.settings]
#   remediation: >-
#     Find out who changed it, set it back as Windows has it, and restart the server. Where nobody did, treat
#     it as a possible compromise.
#   repro: >-
#     Export the key with reg export, take the entry out, restart the server or the services, and test again;
#     importing the file puts it back.
package exvet.rules.injection.dll_search

import data.exvet.binary
import data.exvet.injection
import data.exvet.known
import data.exvet.path
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some row in input.facts.injection.known_dlls
	not _known(path.token(row.dll_key))
	finding := {
		"subject": rule.subject(["registry", row.ref]),
		"message": binary.tell(row.dll_key, sprintf("KnownDLLs names %s, which Windows does not", [row.dll])),
		"evidence": array.concat([rule.registry(row.ref, row.dll)], binary.evidence(row.dll_key)),
		"binary": row.dll_key,
		"integration": products.file_owner(row.dll_key),
	}
}

findings contains finding if {
	[value, ref] := injection.setting.exclude_from_known_dlls
	trim_space(value) != ""
	finding := {
		"subject": rule.subject(["registry", ref]),
		"message": sprintf("ExcludeFromKnownDlls lets %s come from any folder", [value]),
		"evidence": [rule.registry(ref, value)],
	}
}

findings contains finding if {
	[value, ref] := injection.setting.safe_dll_search_mode
	value == "0"
	finding := {
		"subject": rule.subject(["registry", ref]),
		"message": "SafeDllSearchMode is 0: programs look for DLLs in their current folder before those of Windows",
		"evidence": [rule.registry(ref, value)],
	}
}

_known(file) if known.windows.known_dll_folders[file]

_known(file) if {
	path.dir(file) == `{windir}\system32`
	known.windows.known_dlls[trim_suffix(path.base(file), ".dll")]
}
