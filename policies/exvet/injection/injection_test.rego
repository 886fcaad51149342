package exvet.injection_test

import data.exvet.injection
import data.exvet.main

test_image[name] if {
	some name, want in {"edgetransport.exe": "exchange", "noderunner.exe": "exchange", "w3wp.exe": "host"}
	injection.image(name) == want
}

test_image_of_another_product if not injection.image("acme.exe")

test_kind_of_filter[altitude] if {
	some altitude, want in {
		"328010": ", where filters for antivirus are",
		"389999.5": ", where filters for monitoring of activity are",
		"141100": ", where filters for encryption are",
		"45000": "",
		"high": "",
		"": "",
	}
	injection.kind_of_filter(altitude) == want
}

# A variable named twice has the last value; a service comes before its account, that before the server.
test_values if {
	server := {"facts": {
		"exchange": {"root_key": `e:\exchange`, "system_root_key": `c:\windows`},
		"injection": {"environment": [
			_variable("machine", "", "COR_PROFILER", "machine"),
			_variable("machine", "", "DEVPATH", "machine"),
			_variable("account", "S-1-5-20", "COR_PROFILER", "account"),
			_variable("account", "S-1-5-19", "COR_PROFILER", "other"),
		]},
		"services": {
			"list": [{"name": "MSExchangeRPC", "key": "msexchangerpc", "sid": "S-1-5-20", "driver": false, "path_key": ""}],
			"environment": [
				_of_service("COR_ENABLE_PROFILING", "0"),
				_of_service("COR_ENABLE_PROFILING", "1"),
			],
		},
	}}
	got := {scope.kind: scope.values | some scope in injection.scopes} with input as server
	got == {
		"machine": {"cor_profiler": "machine", "devpath": "machine"},
		"account": {"cor_profiler": "account", "devpath": "machine"},
		"service": {"cor_profiler": "account", "devpath": "machine", "cor_enable_profiling": "1"},
	}
}

_variable(scope, account, name, value) := {
	"scope": scope,
	"account": account,
	"name": name,
	"name_key": lower(name),
	"value": value,
	"ref": name,
}

_of_service(name, value) := object.union(_variable("", "", name, value), {"service_key": "msexchangerpc"})

# Nothing is clear that was not seen.
test_not_collected if {
	got := {result.status |
		some result in main.results
		some area in ["EXV-INJ-", "EXV-SVC-", "EXV-SUP-"]
		startswith(result.id, area)
	} with input as data.fixtures["registry-not-collected"]
	got == {"unknown"}
}

test_unreadable_hive if {
	got := {result.id |
		some result in main.results
		result.status == "unknown"
		startswith(result.id, "EXV-INJ-")
		some need in result.needs
		startswith(need, "injection.")
	} with input as data.fixtures["account-hive-unreadable"]
	got == {"EXV-INJ-015", "EXV-INJ-020", "EXV-INJ-020B", "EXV-INJ-021", "EXV-INJ-022"}
}

# Every finding says where it was found.
test_evidence if {
	bad := {[name, result.id] |
		some name in ["verifier", "shim", "silent-exit", "profiler-split", "service-user", "amsi-provider"]
		results := main.results with input as data.fixtures[name]
		some result in results
		some finding in result.findings
		_unproven(finding)
	}
	bad == set()
}

_unproven(finding) if count(finding.evidence) == 0

_unproven(finding) if {
	some evidence in finding.evidence
	not startswith(evidence.ref, "registry:HK")
}

test_profiler_evidence if {
	got := {evidence |
		some result in main.results
		result.id == "EXV-INJ-020"
		some finding in result.findings
		some evidence in finding.evidence
	} with input as data.fixtures["profiler-progid"]
	ref := `registry:HKLM\SYSTEM\CurrentControlSet\Services\WAS!Environment`
	got == {
		{"ref": ref, "value": "COR_ENABLE_PROFILING=1"},
		{"ref": ref, "value": "COR_PROFILER=AppDynamics.AgentProfiler"},
	}
}
