package exvet.path_test

import data.exvet.path

_server := {"facts": {"exchange": {"root_key": `e:\exchange`, "system_root_key": `c:\windows`}}}

test_token[name] if {
	some name, want in {
		`e:\exchange`: "{exchange}",
		`e:\exchange\bin\kerbauth.dll`: `{exchange}\bin\kerbauth.dll`,
		`e:\exchangeevil\bin\kerbauth.dll`: `e:\exchangeevil\bin\kerbauth.dll`,
		`e:\other\kerbauth.dll`: `e:\other\kerbauth.dll`,
		`c:\windows\system32\x.dll`: `{windir}\system32\x.dll`,
		`c:\windows2\x.dll`: `{systemdrive}\windows2\x.dll`,
		`c:\inetpub\wwwroot`: `{systemdrive}\inetpub\wwwroot`,
		`\\share\e:\exchange\x.dll`: `\\share\e:\exchange\x.dll`,
		"": "",
	}
	got := path.token(name) with input as _server
	got == want
}

test_token_exchange_below_system_drive if {
	server := {"facts": {"exchange": {"root_key": `c:\exchange`, "system_root_key": `c:\windows`}}}
	got := path.token(`c:\exchange\bin`) with input as server
	got == `{exchange}\bin`
}

test_token_without_roots if {
	got := path.token(`e:\exchange\bin`) with input as {"facts": {"exchange": {"root_key": "", "system_root_key": ""}}}
	got == `e:\exchange\bin`
}

test_token_windows_elsewhere if {
	server := {"facts": {"exchange": {"root_key": "", "system_root_key": `d:\winnt`}}}
	got := [path.token(key) | some key in [`d:\winnt\x.dll`, `d:\inetpub`, `c:\windows\x.dll`]] with input as server
	got == [`{windir}\x.dll`, `{systemdrive}\inetpub`, `c:\windows\x.dll`]
}

test_exchange_root_unknown_is_undefined if {
	not path.exchange_root with input as {"facts": {"exchange": {"root_key": ""}}}
}

test_below[note] if {
	some note, want in {
		"itself": [`c:\a`, `c:\a`, true],
		"in it": [`c:\a\b`, `c:\a`, true],
		"longer name": [`c:\ab`, `c:\a`, false],
		"parent": [`c:\`, `c:\a`, false],
	}
	got := [true | path.below(want[0], want[1])] == [true]
	got == want[2]
}

test_base if path.base(`c:\a\b.dll`) == "b.dll"

test_base_without_folder if path.base("b.dll") == "b.dll"

test_dir if path.dir(`c:\a\b.dll`) == `c:\a`

test_dir_without_folder if path.dir("b.dll") == ""
