package exvet.service_test

import data.exvet.service

_service(name, image) := {"name": name, "key": lower(name), "path_key": image, "driver": false}

_server := {"facts": {
	"exchange": {"root_key": `e:\exchange`, "system_root_key": `c:\windows`},
	"services": {"list": [
		_service("MSExchangeTransport", `e:\exchange\bin\msexchangetransport.exe`),
		_service("MSExchangeNew", `e:\exchange\bin\new.exe`),
		_service("FMS", `d:\fms.exe`),
		_service("Renamed", `e:\exchange\bin\msexchangehmhost.exe`),
		_service("WAS", `c:\windows\system32\svchost.exe`),
		_service("AcmeAgent", `e:\exchange\bin\acme.exe`),
		_service("AcmeEdge", `d:\acme\edgetransport.exe`),
		object.union(_service("MSExchangeDriver", `e:\exchange\bin\msexchangehmhost.exe`), {"driver": true}),
	]},
}}

test_exchange if {
	got := {found.name | some found in service.exchange} with input as _server
	got == {"MSExchangeTransport", "MSExchangeNew", "FMS", "Renamed"}
}

test_hosts if {
	got := service.hosts with input as _server
	object.keys(got) == {"msexchangetransport", "msexchangenew", "fms", "renamed", "was"}
}

test_accounts[key] if {
	some key, want in {
		"msexchangetransport": {"S-1-5-20"},
		"msexchangerepl": {"S-1-5-18"},
		"msexchangepop3": {"S-1-5-18", "S-1-5-20"},
		"msexchangenew": {"S-1-5-18", "S-1-5-20"},
	}
	service.accounts(key) == want
}

test_running[name] if {
	some name, [row, want] in {
		"runs": [{"name": "A", "state": "running", "pid": 7}, [{"ref": "process:7", "value": "A is running"}]],
		"stopped": [{"name": "A", "state": "stopped"}, []],
		"not known": [{"name": "A"}, []],
	}
	got := service.running(row)
	got == want
}
