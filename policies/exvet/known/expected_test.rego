package exvet.known_test

import data.exvet.known

# The modules of Outlook on the web, by product and build: what a build does not have is not expected.
test_expected_modules[name] if {
	all_modules := [
		"hostheadervalidationmodule",
		"httprequestfilteringmodule",
		"owapltinfomodule",
		"httpproxy",
		"cafe_exppw",
	]
	some name, want in {
		"2016 CU22": ["2016", "15.1.2375.7", all_modules],
		"2016 CU21": ["2016", "15.1.2308.8", ["httprequestfilteringmodule"]],
		"2016 CU20": ["2016", "15.1.2242.4", []],
		"2019 CU10": ["2019", "15.2.922.7", all_modules],
		"2019 CU9": ["2019", "15.2.858.5", []],
		"SE": ["SE", "15.2.2562.17", all_modules],
		"2013": ["2013", "15.0.1497.2", []],
		"build unknown": ["2019", "", []],
		"product unknown": ["", "", []],
	}
	got := known.expected_modules(`{exchange}\frontend\httpproxy\owa`) with input as {"server": {
		"product": want[0],
		"build": want[1],
	}}
	got == want[2]
}

# The admin center takes out at the end what it adds for Microsoft's data centers.
test_expected_modules_of_the_admin_center if {
	got := known.expected_modules(`{exchange}\clientaccess\ecp`) with input as {"server": {
		"product": "2019",
		"build": "15.2.1118.7",
	}}
	"backendrehydrationmodule" in got
	not "oauthauthmodule" in got
}

test_allowed_access[folder] if {
	some folder, want in {
		`{exchange}\frontend\httpproxy\owa`: {"read", "script"},
		`{exchange}\frontend\httpproxy\owa\auth`: {"read", "script", "execute"},
		`{exchange}\clientaccess\owa\15.2.1118.7`: {"read"},
		`{exchange}\clientaccess\owa\15.2.1118.7\scripts`: {"read", "script"},
		`{exchange}\clientaccess\owa\bin`: set(),
		`d:\acme`: {"read", "script"},
	}
	known.allowed_access(folder) == want
}
