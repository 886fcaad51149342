package exvet.account_test

import data.exvet.account

test_name[sid] if {
	some sid, want in {"S-1-5-18": "LocalSystem", "S-1-5-20": "NetworkService", "S-1-5-21-1-2-3-4": "S-1-5-21-1-2-3-4"}
	account.name(sid) == want
}

test_written if {
	account.written({"account": "", "sid": "S-1-5-18"}) == "LocalSystem"
	account.written({"account": `CONTOSO\svc`, "sid": ""}) == `CONTOSO\svc`
}
