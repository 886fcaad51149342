package exvet.known_test

import data.exvet.known

test_label[name] if {
	some name, want in {
		"2019 with a known build": [{"product": "2019", "build": "15.2.1118.7"}, "Exchange Server 2019 CU12"],
		"2016 with a known build": [{"product": "2016", "build": "15.1.2375.7"}, "Exchange Server 2016 CU22"],
		"update shipped with the CU": [{"product": "2013", "build": "15.0.1473.3"}, "Exchange Server 2013 CU22"],
		"security update": [{"product": "2016", "build": "15.1.2507.66"}, "Exchange Server 2016 CU23 Feb26SU"],
		"unknown build": [{"product": "2016", "build": "15.1.9999.1"}, "Exchange Server 2016"],
		"no build": [{"product": "SE", "build": ""}, "Exchange Server SE"],
		"nothing": [{"product": "", "build": ""}, ""],
	}
	got := known.label with input.server as want[0]
	got == want[1]
}

test_inferred[version] if {
	some version, want in {"2013": true, "2016": false, "2019": false, "SE": true, "": true, "2010": true}
	got := [true | known.inferred] == [true] with input.server as {"product": version, "build": ""}
	got == want
}

test_reporting_web_service_only_2013 if {
	known.apps["front_end|/ecp/reportingwebservice"] with input.server as {"product": "2013"}
	not known.apps["front_end|/ecp/reportingwebservice"] with input.server as {"product": "2019"}
}

test_type_key if {
	known.type_key({"class": "a.b", "assembly": "c", "token": ""}) == "a.b|c|"
}

test_unqualified_type_needs_unqualified_baseline[name] if {
	some name, want in {
		# Exchange writes this one without an assembly and, elsewhere, with it.
		"microsoft.exchange.security.oauth.oauthhttpmodule||": true,
		"microsoft.exchange.security.oauth.oauthhttpmodule|microsoft.exchange.security|": true,
		"microsoft.exchange.security.oauth.oauthhttpmodule|microsoft.exchange.security|31bf3856ad364e35": true,
		"microsoft.exchange.security.oauth.oauthhttpmodule|acme.security|31bf3856ad364e35": false,
		# And this one always with it.
		"microsoft.exchange.httpproxy.fbamodule|microsoft.exchange.frontendhttpproxy|31bf3856ad364e35": true,
		"microsoft.exchange.httpproxy.fbamodule||": false,
		"microsoft.exchange.httpproxy.fbamodule|microsoft.exchange.frontendhttpproxy|": false,
	}
	got := object.get(known.managed_modules, name, false) with input.server as {"product": "2019"}
	got == want
}

test_paths_are_tokenised if {
	known.script_processors["{windir}\\microsoft.net\\framework64\\v4.0.30319\\aspnet_isapi.dll"]
	known.script_processors["{windir}\\system32\\rpcproxy\\rpcproxy.dll"]
	known.baseline.global_modules.kerbauth == `{exchange}\bin\kerbauth.dll`
	known.baseline.global_modules.wsman == `{windir}\system32\wsmsvc.dll`
	known.baseline.filters["{exchange}\\clientaccess\\owa\\auth\\owaauth.dll"]
}

test_measured_tables_are_whole if {
	count(known.baseline.global_modules) == 33
	count(known.baseline.apps) == 30
	count(known.baseline.stock_pools) == 3
}
