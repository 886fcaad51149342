package exvet.iis_test

import data.exvet.iis

test_places[name] if {
	site := "Default Web Site"
	some name, want in {
		"one": [["Default Web Site/owa"], {"Default Web Site/owa"}],
		"an application and its folder": [["Default Web Site/owa/auth", "Default Web Site/owa"], {"Default Web Site/owa"}],
		"the root of a site and the rest": [["Default Web Site/", "Default Web Site/owa"], {"Default Web Site/"}],
		"two applications": [
			["Default Web Site/owa", "Exchange Back End/owa"],
			{"Default Web Site/owa", "Exchange Back End/owa"},
		],
		"the whole server": [["", "Default Web Site/owa"], {""}],
		"the server, and nothing of Exchange's": [["", "Acme/"], set()],
		"the site itself": [[site], set()],
		"nothing": [[], set()],
	}
	got := iis.places(want[0]) with input as data.fixtures.healthy
	got == want[1]
}

_type(class, assembly, token) := {
	"section": "system.serviceModel/extensions/behaviorExtensions",
	"type": "",
	"file": `E:\Exchange\ClientAccess\exchweb\EWS\web.config`,
	"class": class,
	"assembly": assembly,
	"token": token,
}

_microsoft := "31bf3856ad364e35"

_framework(changes) := object.union_n([
	_type("system.web.handlers.tracehandler", "", ""),
	{"file": `C:\Windows\Microsoft.NET\Framework64\v4.0.30319\Config\web.config`},
	changes,
])

test_foreign_types[name] if {
	some name, want in {
		"foreign": [_type("acme.tap", "acme", "0123456789abcdef"), true],
		"assembly of Exchange": [_type("microsoft.exchange.x", "microsoft.exchange.security", _microsoft), false],
		"assembly of Exchange without its key": [_type("microsoft.exchange.x", "microsoft.exchange.security", ""), true],
		"named like Exchange's": [_type("microsoft.exchange.x", "microsoft.exchange.acme", _microsoft), true],
		"another key": [_type("microsoft.exchange.x", "microsoft.exchange.security", "0123456789abcdef"), true],
		"framework": [_type("system.x", "system.servicemodel", "b77a5c561934e089"), false],
		"framework with another key": [_type("system.x", "system.servicemodel", "0123456789abcdef"), true],
		"system without an assembly": [_type("system.acme", "", ""), true],
		"system without an assembly, in the framework's file": [_framework({}), false],
		"other without an assembly, in the framework's file": [_framework({"class": "acme.tap"}), true],
		"framework's file elsewhere": [_framework({"class": "system.acme", "file": `D:\Config\web.config`}), true],
		"all of bin": [
			object.union(
				_type("", "*", ""),
				{"type": "*", "section": "system.web/compilation/assemblies"},
			),
			false,
		],
	}
	server := object.union(data.fixtures.healthy, {"facts": {"iis": {"managed_types": [want[0]]}}})
	got := count(iis.foreign_types) > 0 with input as server
	got == want[1]
}
