package exvet.binary_test

import data.exvet.binary

# The first file of the healthy server, which Microsoft signed, with changes.
_input(path, status, signature) := object.union(data.fixtures.healthy, {"facts": {"binaries": {"list": [object.union(
	data.fixtures.healthy.facts.binaries.list[0],
	{"path": path, "key": lower(path), "status": status, "signature": signature},
)]}}})

_in_exchange := `E:\Exchange\Bin\log4net.dll`

_elsewhere := `D:\Acme\log4net.dll`

_others := {"subject_cn": "Microsoft 3rd Party Application Component", "microsoft": false}

_contoso := {"subject_cn": "Contoso Ltd", "subject_o": "Contoso Ltd", "microsoft": false, "anchor": "host-store"}

_nobody := {"anchor": "", "microsoft": false}

_no_signature := {
	"status": "unsigned",
	"subject_cn": "",
	"subject_o": "",
	"anchor": "",
	"microsoft": false,
	"serial": "",
}

test_trust[name] if {
	some name, [path, status, signature, trust, said] in {
		"of Microsoft": [_elsewhere, "read", {}, "microsoft", "signed by Microsoft Corporation"],
		"in a catalog": [_elsewhere, "read", {"status": "catalog"}, "microsoft", "signed by Microsoft Corporation"],
		"old": [_elsewhere, "read", {"status": "valid-legacy-sha1"}, "microsoft", "signed by Microsoft Corporation"],
		"shipped": [_in_exchange, "read", _others, "shipped", "signed by Microsoft 3rd Party Application Component"],
		"shipped, assembly": [
			`E:\Exchange\Bin\Microsoft.Exchange.Data.dll`, "read", _others, "shipped",
			"signed by Microsoft 3rd Party Application Component",
		],
		"shipped, in another folder": [
			_elsewhere, "read", _others, "signed",
			"signed by Microsoft 3rd Party Application Component",
		],
		"shipped, in a folder that begins alike": [
			`E:\ExchangeEvil\log4net.dll`, "read", _others, "signed",
			"signed by Microsoft 3rd Party Application Component",
		],
		"shipped, under another name": [
			`E:\Exchange\Bin\acme.dll`, "read", _others, "signed",
			"signed by Microsoft 3rd Party Application Component",
		],
		"shipped, not signed": [_in_exchange, "read", _no_signature, "unsigned", "not signed"],
		"shipped, signed by another": [_in_exchange, "read", _contoso, "signed", "signed by Contoso Ltd"],
		"of another": [_elsewhere, "read", _contoso, "signed", "signed by Contoso Ltd"],
		"not signed": [_elsewhere, "read", _no_signature, "unsigned", "not signed"],
		"no catalogs": [_elsewhere, "read", object.union(_no_signature, {"status": "unknown"}), "unknown", ""],
		"changed": [
			_elsewhere, "read", object.union(_nobody, {"status": "hash-mismatch"}), "bad",
			"whose contents are not what was signed",
		],
		"self-signed as Microsoft": [
			_elsewhere, "read", object.union(_nobody, {"status": "untrusted-root"}), "bad",
			"signed in the name of Microsoft by somebody else",
		],
		"as Microsoft under a root of the host": [
			_elsewhere, "read", {"microsoft": false, "anchor": "host-store", "subject_o": " microsoft corporation"}, "bad",
			"signed in the name of Microsoft by somebody else",
		],
		"untrusted": [
			_elsewhere, "read", object.union(_contoso, {"status": "untrusted-root", "anchor": ""}), "untrusted",
			"with a signature that leads to nobody trusted",
		],
		"expired": [
			_elsewhere, "read", object.union(_contoso, {"status": "expired", "anchor": ""}), "untrusted",
			"with a signature that has expired",
		],
		"not there": [_elsewhere, "absent", _no_signature, "absent", "which is not there"],
		"not copied": [_elsewhere, "not_in_evidence", _no_signature, "unknown", ""],
		"not readable": [_elsewhere, "unreadable", _no_signature, "unknown", ""],
	}
	got := [binary.trust(lower(path)), binary.said(lower(path))] with input as _input(path, status, signature)
	got == [trust, said]
}

test_file_of_no_table if {
	got := [
		binary.trust("x"), binary.said("x"), binary.remark("x"), binary.evidence("x"),
		binary.signer("x"),
	] with input as data.fixtures.healthy
	got == ["unknown", "", "", [], ""]
}

# A snapshot without the section, as one of a copy of configuration.
test_no_table if {
	got := binary.trust("x") with input as json.remove(data.fixtures.healthy, ["/facts/binaries"])
	got == "unknown"
}

test_denied[name] if {
	some name, [serial, want] in {"listed": ["33000001", "bad"], "another": ["33000002", "microsoft"]}
	got := binary.trust(lower(_elsewhere)) with input as _input(_elsewhere, "read", {})
		with data.org as {"acme": {"denied_certificates": {serial: "leaked"}}}
	got == want
}

test_denied_is_said if {
	got := binary.said(lower(_elsewhere)) with input as _input(_elsewhere, "read", {})
		with data.org as {"acme": {"denied_certificates": {"33000001": "leaked"}}}
	got == "signed with a certificate that is on a deny list"
}

test_evidence if {
	file := object.union(
		data.fixtures.healthy.facts.binaries.list[0],
		{"sha256": "ab", "version": {"product": "Gate", "file_version": "1.2", "company": "Microsoft Corporation"}},
	)
	got := binary.evidence(file.key) with input as {"facts": {"binaries": {"list": [file]}}}
	got == [{
		"ref": `file:E:\Exchange\Bin\kerbauth.dll`,
		"value": "SHA-256 ab; valid, Microsoft Corporation; says it is Gate 1.2",
	}]
}
