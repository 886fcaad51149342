package exvet.product_test

import data.exvet.product as products

test_owner[case] if {
	some case, want in {
		["profilers", "{71DA0A04-7777-4EC6-9643-7D28B46A8A41}", ""]: "New Relic .NET agent",
		["profilers", "71da0a04-7777-4ec6-9643-7d28b46a8a41", ""]: "New Relic .NET agent",
		["profilers", "AppDynamics.AgentProfiler", `d:\x.dll`]: "AppDynamics .NET agent",
		["profilers", "{00000000-0000-0000-0000-000000000000}", `d:\apm\newrelic.profiler.dll`]: "New Relic .NET agent",
		["profilers", "", `c:\program files\crowdstrike\umppc18720.dll`]: "CrowdStrike Falcon",
		["profilers", "Acme.Profiler", `d:\acme\profiler.dll`]: "",
		["amsi", "{FB904E4E-D2C7-4C8D-8492-B620BB9896B1}", ""]: "Avast or AVG Antivirus",
		["filters", "CSAgent", ""]: "CrowdStrike Falcon",
	}
	products.owner(case[0], case[1], case[2]) == want
}

test_catalogue[name] if {
	some name, want in {
		"New Relic .NET agent": {"vendor": "New Relic", "confidence": "high", "class": ""},
		"Dynatrace OneAgent": {"vendor": "Dynatrace", "confidence": "medium", "class": ""},
		"CrowdStrike Falcon": {"vendor": "CrowdStrike", "confidence": "medium", "class": "security"},
		"McAfee Security for Microsoft Exchange": {"vendor": "Trellix", "confidence": "medium", "class": "security"},
	}
	products.catalogue[name] == want
}

test_file_owner[file] if {
	some file, want in {
		`c:\program files\rsa security\rsawebagent\gate.dll`: "RSA Authentication Agent for Web",
		`c:\program files\onespan\digipass authentication for owa forms\x.dll`: "Digipass Authentication for OWA",
		`c:\program files\onespanner\x.dll`: "",
	}
	products.file_owner(file) == want
}

test_assembly_owner[name] if {
	some name, want in {
		"duosecurity.owa": "Duo for Outlook on the web",
		"acme.gate": "Messageware for Outlook on the web",
		"acme": "",
	}
	files := {[`c:\program files\messageware\bin\acme.gate.dll`] | name == "acme.gate"}
	products.assembly_owner(name, [file | some list in files; some file in list]) == want
}

test_agent[name] if {
	some name, want in {
		"mcafeetxagent": "McAfee Security for Microsoft Exchange",
		"bitdefender transport agent": "Bitdefender Security for Exchange",
		"sophosticated agent": "",
	}
	products.agent(name) == want
}
