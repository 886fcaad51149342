package exvet.product_test

import data.exvet.product as products

_organisation := {"facts": {
	"organisation": {
		"ews_callers": [
			{"account": `CONTOSO\svc-rooms`, "agent": "RoomPanel/4.2 (Windows)", "impersonated": 2},
			{"account": `CONTOSO\svc-lib`, "agent": "ExchangeServicesClient/15.00.0913.015", "impersonated": 1},
			{"account": `CONTOSO\anna`, "agent": "Outlook/16.0", "impersonated": 0},
		],
		"role_assignments": [
			{"assignee": "svc-rooms", "role_key": "applicationimpersonation"},
			{"assignee": "svc-backup", "role_key": "applicationimpersonation"},
		],
		"apps": [
			{"name": "Travel planner", "provider": "Fabrikam AB", "version": "2.1.0.0"},
			{"name": "Travel planner", "provider": "Fabrikam AB", "version": "2.2.0.0"},
		],
		"journal_rules": [{"address": "journal@archive.contoso.com"}],
		"connectors": [{"name": "Out", "hosts": ["a.example", "b.example"]}],
		"groups": [],
	},
	"services": {"extensions": [{"kind": "vss_provider", "name": "Acme VSS", "version": "7.1"}]},
}}

test_impersonator[account] if {
	some account, want in {
		"svc-rooms": "RoomPanel",
		`CONTOSO\svc-rooms`: "RoomPanel",
		"svc-rooms@contoso.com": "RoomPanel",
		`CONTOSO\svc-lib`: `EWS program of CONTOSO\svc-lib`,
		"svc-backup": "EWS program of svc-backup",
		"anna": "EWS program of anna",
	}
	got := products.impersonator(account) with input as _organisation
	got == want
}

test_stated[name] if {
	some name, want in {
		"RoomPanel": ["", "4.2", "unverified"],
		"EWS program of svc-backup": ["", "", "certain"],
		"Travel planner": ["Fabrikam AB", "2.1.0.0", "unverified"],
		"Journaling to journal@archive.contoso.com": ["", "", "certain"],
		"Mail gateway a.example, b.example": ["", "", "certain"],
		"Acme VSS": ["", "7.1", "unverified"],
		"Exchange Emergency Mitigation": ["Microsoft", "", "certain"],
	}
	about := products.stated[name] with input as _organisation
	[about.vendor, about.version, about.confidence] == want
}

# Facts that were not collected state nothing, and break nothing.
test_stated_of_nothing if {
	got := products.stated with input as {"facts": {}}
	not got.RoomPanel
	got["Mail flow rules"].confidence == "certain"
}
