package exvet.event_test

import data.exvet.event

test_foreign_frames[frame] if {
	some frame, want in {
		"Acme.Gate.Check(Object sender, EventArgs e)": true,
		"Void Acme.Gate.Check(System.Object)": true,
		"Acme.Gate`1.<>c__DisplayClass1.Check[T](T item)": true,
		"Microsoft.Exchange.HttpProxy.ProxyModule.OnBeginRequest(Object sender)": false,
		"System.Web.HttpApplication.Execute()": false,
		"Newtonsoft.Json.JsonTextReader.Read()": false,
		"log4net.Core.Logger.Log()": false,
		"ASP.logon_aspx.Render()": false,
		"DynamicClass.IL_STUB_PInvoke(IntPtr)": false,
		"M.E.Data.Directory.Find()": false,
		"Gate.Check()": false,
		"lambda_method(Closure)": false,
		"": false,
	}
	got := count(event.foreign_frames([frame])) == 1
	got == want
}

test_foreign_assembly[name] if {
	some name, want in {
		"Acme.Owa": true,
		"acme": true,
		"M.Exchange.Security": false,
		"mscorlib": false,
		"System.Web": false,
		"BouncyCastle.Crypto": false,
		"unknown": false,
		"0": false,
		"": false,
	}
	got := count({name | event.foreign_assembly(name)}) == 1
	got == want
}

test_foreign_folder[key] if {
	some key, want in {
		`d:\acme\hook.dll`: true,
		`e:\exchangeevil\hook.dll`: true,
		`\\files\acme\hook.dll`: true,
		`%programdata%\acme\hook.dll`: false,
		`%systemdrive%\acme\hook.dll`: true,
		`c:\acme\hook.dll`: true,
		`e:\exchange\bin\store.dll`: false,
		`%exchangeinstalldir%\bin\store.dll`: false,
		`%systemroot%\system32\ntdll.dll`: false,
		`system32\drivers\wd.sys`: false,
		"unknown": false,
		"": false,
	}
	got := count({key | event.foreign_folder(key)}) == 1 with input as data.fixtures.healthy
	got == want
}

test_exchange_process[name] if {
	some name, want in {
		"worker of an Exchange pool": [{"application_key": "w3wp.exe", "pool_key": "msexchangeowaapppool"}, true],
		"worker of another pool": [{"application_key": "w3wp.exe", "pool_key": "acmepool"}, false],
		"worker of no known pool": [{"application_key": "w3wp"}, false],
		"program by name": [{"application_key": "edgetransport.exe"}, true],
		"program by the start of its name": [{"application_key": "msexchangehmworker"}, true],
		"program by folder": [{"application_key": "x.exe", "application_path_key": `e:\exchange\bin\x.exe`}, true],
		"another program": [{"application_key": "acme.exe", "application_path_key": `d:\acme\acme.exe`}, false],
	}
	crash := object.union({"application_key": "", "application_path_key": "", "pool_key": ""}, want[0])
	got := count({name | event.exchange_process(crash)}) == 1 with input as data.fixtures.healthy
	got == want[1]
}

test_seen[want] if {
	some want, rows in {
		"at 2026-11-19T12:00:00.000Z": [{"time": "2026-11-19T12:00:00.000Z", "count": 1}],
		"at an unknown time": [{"time": "", "count": 1}],
		"9 times or more, last at 2026-11-19T12:00:00.000Z": [
			{"time": "2026-11-18T12:00:00.000Z", "count": 9},
			{"time": "2026-11-19T12:00:00.000Z", "count": 2},
		],
		"2 times or more, last at 2026-11-19T12:00:00.000Z": [
			{"time": "2026-11-19T12:00:00.000Z", "count": 1},
			{"time": "", "count": 1},
		],
	}
	event.seen(rows) == want
}

test_callers[name] if {
	some name, want in {
		"same process soon after": [{"pid": 7, "time": "2026-11-19T12:05:00.000Z"}, 1],
		"same id a day later": [{"pid": 7, "time": "2026-11-20T12:05:00.000Z"}, 0],
		"same id at an unknown time": [{"pid": 7, "time": ""}, 0],
		"no id": [{"pid": 0, "time": "2026-11-19T12:05:00.000Z"}, 0],
		"same pool": [{"pool_key": "msexchangeowaapppool"}, 1],
		"another pool": [{"pool_key": "msexchangeecpapppool"}, 0],
	}
	row := {"pid": 7, "time": "2026-11-19T12:00:00.000Z", "pool_key": "msexchangeowaapppool"}
	caller := object.union({"pid": 0, "time": "", "pool_key": ""}, want[0])
	got := event.callers([row]) with input as {"facts": {"events": {"impersonated_callers": [caller]}}}
	count(got) == want[1]
}

test_planted_command[line] if {
	some line, want in {
		`%comspec% /c echo x`: true,
		`"c:\windows\system32\cmd.exe" /c x.bat`: true,
		`powershell.exe -enc qqba`: true,
		`c:\windows\temp\x.exe`: true,
		`"c:\users\public\x.exe" -run`: true,
		`c:\users\bob\appdata\local\temp\x.exe`: true,
		`"d:\acme\agent.exe" /service`: false,
		`%systemroot%\psexesvc.exe`: false,
		`d:\cmdtools\agent.exe /x`: false,
		"": false,
	}
	got := count({line | event.planted_command(line)}) == 1
	got == want
}
