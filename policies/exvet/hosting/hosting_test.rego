package exvet.hosting_test

import data.exvet.hosting

_rpc := "MSExchangeRpcProxyFrontEndAppPool"

_app(site, path, pool, folder) := {
	"scope": concat("", [site, path]),
	"site": site,
	"path": path,
	"pool": pool,
	"pool_key": lower(pool),
	"physical_path": folder,
	"physical_key": lower(folder),
}

# Applications added to the healthy server's.
# The healthy server with another table. Two modifiers on input would change the fixture itself (opa 1.22).
_with(table, entries) := object.union(data.fixtures.healthy, {"facts": {"iis": {table: entries}}})

test_apps[name] if {
	front := "Default Web Site"
	back := "Exchange Back End"
	some name, want in {
		"own": [_app(front, "/Rpc", _rpc, `E:\Exchange\FrontEnd\HttpProxy\rpc`), set()],
		"own, spelled otherwise": [_app(front, "/RPC", _rpc, `E:\Exchange\FRONTEND\HttpProxy\Rpc`), set()],
		"path of the other side": [
			_app(front, "/PushNotifications", "MSExchangePushNotificationsAppPool", `D:\Acme`),
			{"foreign"},
		],
		"folder of another application": [
			_app(front, "/x", "MSExchangeOWAAppPool", `E:\Exchange\FrontEnd\HttpProxy\ecp`),
			{"usual"},
		],
		"folder below an application's": [
			_app(front, "/x", "MSExchangeOWAAppPool", `E:\Exchange\FrontEnd\HttpProxy\owa\auth`),
			{"foreign"},
		],
		"folder for challenges as an application": [
			_app(front, "/.well-known", "MSExchangeOWAAppPool", `D:\Acme`),
			{"foreign"},
		],
		"own, twice": [_app(front, "/owa", "MSExchangeECPAppPool", `D:\Acme`), {"moved"}],
		"pool of its own": [_app(front, "/x", "Acme", `D:\Acme`), set()],
		"DefaultAppPool": [_app(back, "/x", "DefaultAppPool", `D:\Acme`), set()],
		"own path, other folder": [_app(front, "/Rpc", _rpc, `D:\Acme`), {"moved"}],
		"own path, other pool": [
			_app(back, "/OAB", "MSExchangeECPAppPool", `E:\Exchange\ClientAccess\OAB`),
			{"moved"},
		],
	}
	apps := array.concat(data.fixtures.healthy.facts.iis.apps, [want[0]])
	guests := hosting.guests with input as _with("apps", apps)
	moves := hosting.moves with input as _with("apps", apps)
	got := {guest.class | some guest in guests} | {"moved" | count(moves) > 0}
	got == want[1]
}

test_directories[name] if {
	some name, want in {
		"virtual directory": [["/x", "virtual_directory", `d:\acme`], {"foreign"}],
		"of an Exchange folder": [["/x", "virtual_directory", `e:\exchange\frontend\httpproxy\owa`], {"usual"}],
		"folder": [["/x", "folder", `c:\inetpub\wwwroot\x`], set()],
		"location": [["/x", "location", `c:\inetpub\wwwroot\x`], set()],
		"challenges": [["/.well-known", "virtual_directory", `d:\acme`], {"usual"}],
		"challenges in a folder": [["/.well-known", "folder", `c:\inetpub\wwwroot\.well-known`], {"usual"}],
		"challenges by name alone": [["/not.well-known", "virtual_directory", `d:\acme`], {"foreign"}],
		"scripts of ASP.NET": [["/aspnet_client", "virtual_directory", `c:\inetpub\wwwroot\aspnet_client`], {"usual"}],
		"scripts of ASP.NET in a folder": [["/aspnet_client", "folder", `c:\inetpub\wwwroot\aspnet_client`], set()],
	}
	scope := concat("", ["Default Web Site", want[0][0]])
	directory := {
		"scope": scope,
		"key": lower(scope),
		"app": "Default Web Site/",
		"kind": want[0][1],
		"physical_path": want[0][2],
		"physical_key": want[0][2],
	}
	got := {guest.class | some guest in hosting.guests} with input as _with("directories", [directory])
	got == want[1]
}

test_own_directory_when_root_is_in_an_exchange_pool if {
	apps := [object.union(app, pool) |
		some app in data.fixtures.healthy.facts.iis.apps
		pool := object.get(
			{"Exchange Back End/": {"pool": "MSExchangeOWAAppPool", "pool_key": "msexchangeowaapppool"}},
			app.scope,
			{},
		)
	]
	got := hosting.guests with input as _with("apps", apps)
	got == set()
}

test_move_names_what_differs if {
	got := [[move.found, move.want] | some move in hosting.moves] with input as data.fixtures["moved-folder"]
	got == [[[`folder D:\Acme\EWS`], [`E:\Exchange\frontend\httpproxy\ews`]]]
}
