package exvet.assembly_test

import data.exvet.assembly

# The healthy server with another table. Two modifiers on input would change the fixture itself (opa 1.22).
_with(table, entries) := object.union(data.fixtures.healthy, {"facts": {"iis": {table: entries}}})

_base(href, key, name) := {
	"file": `E:\Exchange\ClientAccess\SharedWebConfig.config`,
	"line": 6,
	"folder": key,
	"folder_key": key,
	"assemblies": 1,
	"example": name,
	"href": href,
}

test_classes[name] if {
	own := "Microsoft.Exchange.Data"
	some name, want in {
		"Exchange's folder": [_base(`file:///E:\Exchange\bin\X.dll`, `e:\exchange\bin`, own), set()],
		"Exchange's folder itself": [_base(`file:///E:\Exchange\X.dll`, `e:\exchange`, own), set()],
		"Windows": [_base("file:///C:/Windows/X.dll", `c:\windows`, "X"), set()],
		"another folder": [_base("file:///D:/Acme/X.dll", `d:\acme`, "X"), {"local"}],
		"another folder, two slashes": [_base(`file://D:\Acme\X.dll`, `d:\acme`, "X"), {"local"}],
		"a folder that begins alike": [_base("file:///E:/ExchangeEvil/X.dll", `e:\exchangeevil`, "X"), {"local"}],
		"out by dots": [_base("file:///E:/Exchange/../Acme/X.dll", `e:\exchange\..\acme`, "X"), {"local"}],
		"a relative path": [_base("acme/X.dll", "acme", "X"), {"local"}],
		"Exchange's assembly": [_base("file:///D:/Acme/X.dll", `d:\acme`, own), {"hijack"}],
		"another case": [_base("file:///D:/A/X.dll", `d:\a`, "microsoft.exchange.DATA"), {"hijack"}],
		"a translation": [_base("file:///D:/A/de/X.dll", `d:\a`, "Microsoft.Exchange.Data.resources"), {"hijack"}],
		"share": [_base(`\\acme\share\X.dll`, `\\acme\share`, "X"), {"hijack"}],
		"share as a URL": [_base("file://acme/share/X.dll", `acme\share`, "X"), {"hijack"}],
		"share as a long URL": [_base("file://///acme/share/X.dll", `acme\share`, "X"), {"hijack"}],
		"web": [_base("HTTP://acme.example/X.dll", `http:\\acme.example`, "X"), {"hijack"}],
	}
	got := {match.class | some match in assembly.outside} with input as _with("code_bases", [want[0]])
	got == want[1]
}

test_names[name] if {
	some name, want in {
		"Newtonsoft.Json": {"exchange"},
		"Microsoft.Exchange.Security": {"exchange"},
		"Microsoft.Exchange.Security.resources": {"exchange"},
		"System.Web": {"framework"},
		"mscorlib": {"framework"},
		"Systemic": set(),
		"Microsoft.Exchange.Acme": set(),
		"Acme": set(),
	}
	got := {"exchange" | assembly.exchanges(name)} | {"framework" | assembly.frameworks(name)}
	got == want
}
