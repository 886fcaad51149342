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
	known.apps["front_end|/ecp/reportingwebservice"] with input.server as {"product": "2013", "build": ""}
	not known.apps["front_end|/ecp/reportingwebservice"] with input.server as {"product": "2019", "build": ""}
}

test_reporting_web_service_is_no_feature_of_2016 if {
	not known.apps["front_end|/ecp/reportingwebservice"] with input.server as {"product": "2016", "build": ""}
}

test_features[name] if {
	some name, want in {
		"2013": [{"product": "2013", "build": "15.0.1497.48"}, {"reporting_web_service", "unified_messaging"}],
		"2016 before REST": [{"product": "2016", "build": "15.1.466.34"}, {"unified_messaging"}],
		"2016 CU20": [{"product": "2016", "build": "15.1.2242.4"}, {"rest", "unified_messaging"}],
		"2016 CU21": [
			{"product": "2016", "build": "15.1.2308.8"},
			{"rest", "unified_messaging", "request_filtering"},
		],
		"2016 CU22": [
			{"product": "2016", "build": "15.1.2375.7"},
			{"rest", "unified_messaging", "request_filtering", "emergency_mitigation"},
		],
		"2019 CU9": [{"product": "2019", "build": "15.2.858.5"}, {"rest"}],
		"2019 CU10": [{"product": "2019", "build": "15.2.922.7"}, {"rest", "request_filtering"}],
		"2019 CU13": [
			{"product": "2019", "build": "15.2.1258.12"},
			{"rest", "request_filtering", "emergency_mitigation"},
		],
		"2019 CU14": [
			{"product": "2019", "build": "15.2.1544.4"},
			{"rest", "request_filtering", "emergency_mitigation", "extended_protection"},
		],
		"SE without a build": [
			{"product": "SE", "build": ""},
			{"rest", "request_filtering", "emergency_mitigation", "extended_protection"},
		],
		"nothing": [{"product": "", "build": ""}, set()],
	}
	got := known.features with input.server as want[0]
	got == want[1]
}

test_rest_apps_by_build[name] if {
	some name, want in {
		"2013": [{"product": "2013", "build": "15.0.1497.2"}, false],
		"2016 CU2": [{"product": "2016", "build": "15.1.466.34"}, false],
		"2016 CU3": [{"product": "2016", "build": "15.1.544.27"}, true],
		"2019": [{"product": "2019", "build": ""}, true],
		"nothing": [{"product": "", "build": ""}, true],
	}
	got := [true | known.apps["front_end|/api"]] == [true] with input.server as want[0]
	got == want[1]
}

test_surprise[name] if {
	some name, want in {
		"known": [{"product": "SE", "build": "15.2.2562.37"}, ""],
		"newer than all": [{"product": "SE", "build": "15.2.2562.49"}, "newer"],
		"between": [{"product": "2019", "build": "15.2.1000.1"}, "none this exvet knows"],
		"product unknown": [{"product": "", "build": "15.3.1.1"}, ""],
		"no build": [{"product": "SE", "build": ""}, ""],
	}
	got := [said | said := known.surprise] with input.server as want[0]
	_says(got, want[1])
}

_says([], "")

_says([said], part) if {
	part != ""
	contains(said, part)
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
	got := object.get(known.managed_modules, name, false) with input.server as {"product": "2019", "build": ""}
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
