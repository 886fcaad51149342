package exvet.iis_test

import data.exvet.iis

# A server whose sites have other names than setup gives them.
_renamed := {"facts": {
	"exchange": {"root_key": `f:\ex`, "system_root_key": `c:\windows`},
	"iis": {
		"sites": [{"name": "Mail"}, {"name": "Inner"}, {"name": "Default Web Site"}, {"name": "Rpc"}],
		"apps": [
			_app("Mail", "/", "MSExchangeOWAAppPool", `c:\inetpub\wwwroot`),
			_app("Mail", "/owa", "MSExchangeOWAAppPool", `f:\ex\frontend\httpproxy\owa`),
			_app("Inner", "/", "DefaultAppPool", `f:\ex\clientaccess`),
			_app("Inner", "/EWS", "Renamed", `f:\ex\clientaccess\exchweb\ews`),
			_app("Rpc", "/Rpc", "RpcPool", `c:\windows\system32\rpcproxy`),
			_app("Default Web Site", "/", "DefaultAppPool", `c:\inetpub\wwwroot`),
			_app("Default Web Site", "/evil", "EvilPool", `f:\exevil\frontend\httpproxy\owa`),
			_app("Default Web Site", "/guest", "MSExchangeServicesAppPool", `d:\guest`),
		],
		"pools": [
			{"key": "renamed", "enable_32bit": true, "pipeline_mode": "Classic", "runtime_version": "v2.0"},
			{"key": "evilpool", "enable_32bit": true, "pipeline_mode": "Integrated", "runtime_version": ""},
			{"key": "msexchangeidle", "enable_32bit": false, "pipeline_mode": "Integrated", "runtime_version": "v4.0"},
		],
		"directories": [
			{"scope": "Mail/owa/auth", "app": "Mail/owa"},
			{"scope": "Default Web Site/evil/x", "app": "Default Web Site/evil"},
		],
	},
}}

_app(site, path, pool, folder) := {
	"scope": concat("", [site, path]),
	"site": site,
	"path": path,
	"pool": pool,
	"pool_key": lower(pool),
	"physical_key": folder,
}

# The healthy server with another table. Two modifiers on input would change the fixture itself (opa 1.22).
_with(table, entries) := object.union(data.fixtures.healthy, {"facts": {"iis": {table: entries}}})

test_sides_by_folder if {
	got := iis.sides with input as _renamed
	got == {
		["Mail/owa", "front_end"],
		["Inner/", "back_end"],
		["Inner/EWS", "back_end"],
		["Rpc/Rpc", "back_end"],
	}
}

test_one_application_twice if {
	twice := [
		_app("Mail", "/owa", "MSExchangeOWAAppPool", `f:\ex\frontend\httpproxy\owa`),
		_app("Mail", "/owa", "Acme", `d:\acme`),
	]
	got := iis.apps with input as object.union(_renamed, {"facts": {"iis": {"apps": twice}}})
	got == {"Mail/owa"}
}

test_site_kinds_by_apps_not_by_name if {
	got := iis.site_kinds with input as _renamed
	got == {"Mail": {"front_end"}, "Inner": {"back_end"}, "Rpc": {"back_end"}, "Default Web Site": set()}
}

test_pools if {
	got := iis.pools with input as _renamed
	got == {"msexchangeowaapppool", "msexchangeservicesapppool", "msexchangeidle", "renamed", "rpcpool"}
}

test_apps_by_folder_or_pool if {
	got := iis.apps with input as _renamed
	got == {"Mail/", "Mail/owa", "Inner/", "Inner/EWS", "Rpc/Rpc", "Default Web Site/guest"}
}

test_scopes_reach_their_application if {
	got := iis.scopes with input as _renamed
	got["Mail/owa/auth"] == "Mail/owa"
	got["Mail/owa"] == "Mail/owa"
	not got["Default Web Site/evil/x"]
	not got[""]
}

test_sites if {
	got := iis.sites with input as _renamed
	got == {"Mail", "Inner", "Rpc", "Default Web Site"}
}

test_loads[name] if {
	some name, want in {
		"no condition": [[], true],
		"bitness of a pool": [["bitness64"], true],
		"bitness of another pool": [["bitness32"], true],
		"conditions of one pool": [["integratedmode", "runtimeversionv4.0", "bitness64"], true],
		"conditions of two pools": [["bitness64", "classicmode"], false],
		"either bitness": [["bitness32", "bitness64"], true],
		"another runtime": [["runtimeversionv1.1"], false],
		"classic mode of a pool": [["classicmode"], true],
		"old name of classic mode": [["isapimode"], true],
		"unknown condition": [["apppoolname=x"], true],
	}
	got := [true | iis.loads(want[0])] == [true] with input as _renamed
	got == want[1]
}

test_loads_without_pools[condition] if {
	some condition, want in {"bitness64": true, "bitness32": false, "classicmode": false}
	got := [true | iis.loads([condition])] == [true] with input as {"facts": {"iis": {"pools": [], "apps": []}}}
	got == want
}

# Native modules, on the healthy server with one module.

_native(name, image) := {"name": name, "key": lower(name), "image_key": image}

test_native_modules[name] if {
	some name, want in {
		"known": [_native("HttpCacheModule", `c:\windows\system32\inetsrv\cachhttp.dll`), "known"],
		"known image under another name": [_native("Cache2", `c:\windows\system32\inetsrv\cachhttp.dll`), "known"],
		"known file in SysWOW64": [_native("Cache2", `c:\windows\syswow64\inetsrv\cachhttp.dll`), "masquerade"],
		"known name, image of another module": [
			_native("exppw", `e:\exchange\frontend\httpproxy\bin\exppw.dll`),
			"masquerade",
		],
		"known name without an image": [_native("exppw", ""), "masquerade"],
		"both engines have one file name": [
			_native("ManagedEngineV4.0_32bit", `c:\windows\microsoft.net\framework\v4.0.30319\webengine4.dll`),
			"known",
		],
		"optional": [_native("CgiModule", `c:\windows\system32\inetsrv\cgi.dll`), "known"],
		"optional image under another name": [_native("Acme", `c:\windows\system32\inetsrv\cgi.dll`), "foreign"],
		"optional name, another image": [_native("CgiModule", `d:\acme\cgi.dll`), "foreign"],
		"optional, outside Windows": [
			_native("AspNetCoreModuleV2", `c:\program files\iis\asp.net core module\v2\aspnetcorev2.dll`),
			"known",
		],
		"below Exchange's folder": [_native("Acme", `e:\exchange\bin\acme.dll`), "foreign"],
		"below Windows": [_native("Acme", `c:\windows\system32\inetsrv\acme.dll`), "foreign"],
	}
	masquerading := iis.masquerading_global_modules with input as _with("global_modules", [want[0]])
	foreign := iis.foreign_global_modules with input as _with("global_modules", [want[0]])
	got := {"masquerade" | count(masquerading) > 0} | {"foreign" | count(foreign) > 0}
	got == {want[1]} - {"known"}
}

# Preconditions against the pool of an application: both applications of _pools run in pools of their own.
_pools := {"facts": {"iis": {
	"apps": [
		{"scope": "a", "pool_key": "old"},
		{"scope": "b", "pool_key": "native"},
		{"scope": "c", "pool_key": "gone"},
	],
	"pools": [
		{"key": "old", "enable_32bit": true, "pipeline_mode": "Classic", "runtime_version": "v2.0"},
		{"key": "native", "enable_32bit": false, "pipeline_mode": "Integrated", "runtime_version": ""},
	],
}}}

test_runs[name] if {
	some name, want in {
		"no condition": [[], {"a", "b", "c"}, {"c"}],
		"bitness": [["bitness32"], {"a"}, set()],
		"either bitness": [["bitness32", "bitness64"], {"a", "b", "c"}, {"c"}],
		"classic mode": [["classicmode"], {"a"}, set()],
		"old name of classic mode": [["isapimode", "bitness32"], {"a"}, set()],
		"integrated mode": [["integratedmode"], {"b", "c"}, {"c"}],
		"runtime": [["runtimeversionv4.0"], {"c"}, {"c"}],
		"old runtime": [["runtimeversionv2.0"], {"a"}, set()],
		"managed handlers only": [["managedhandler"], {"a", "b", "c"}, {"c"}],
	}
	runs := {app | some app in ["a", "b", "c"]; iis.runs(app, want[0])} with input as _pools
	managed := {app | some app in ["a", "b", "c"]; iis.runs_managed(app, want[0])} with input as _pools
	[runs, managed] == [want[1], want[2]]
}
