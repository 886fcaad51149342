package exvet.rewrite_test

import data.exvet.rewrite

_rule(changes) := object.union(
	{
		"kind": "inbound",
		"name": "Acme",
		"key": lower(object.get(changes, "name", "Acme")),
		"enabled": true,
		"match": {"pattern": ".*", "negate": false, "server_variable": "", "filter_by_tags": "", "custom_tags": ""},
		"conditions": [],
		"action": {"type": "None", "value": "", "status_code": ""},
		"server_variables": [],
		"scopes": ["Default Web Site/owa"],
	},
	changes,
)

_rewrite(value) := {"action": {"type": "Rewrite", "value": value}}

_redirect(value) := {"action": {"type": "Redirect", "value": value}}

_block := {"action": {"type": "AbortRequest", "value": ""}}

_eems(changes) := object.union(
	{
		"name": "eems m1.1 powershell - inbound",
		"action": {"type": "AbortRequest", "value": ""},
		"conditions": [_condition("{UrlDecode:{REQUEST_URI}}", "(?=.*autodiscover)(?=.*powershell)")],
	},
	changes,
)

_condition(text, pattern) := {"input": text, "pattern": pattern, "match_type": "Pattern", "negate": false}

# The healthy server with another table. Two modifiers on input would change the fixture itself (opa 1.22).
_with(table, entries) := object.union(data.fixtures.healthy, {"facts": {"iis": {table: entries}}})

test_rewrites[name] if {
	some name, want in {
		"nothing": [{}, "other"],
		"same address": [_rewrite("{R:0}"), "other"],
		"same address, written whole": [_rewrite("{REQUEST_URI}"), "other"],
		"another path": [_rewrite("/acme/{R:1}"), "elsewhere"],
		"another host": [_rewrite("https://acme.example/{R:1}"), "elsewhere"],
		"a map": [_rewrite("{Acme:{R:1}}"), "elsewhere"],
		"script on another host": [_rewrite("https://acme.example/x.aspx"), "elsewhere"],
		"script": [_rewrite("/owa/auth/x.aspx"), "script"],
		"script with arguments": [_rewrite("/owa/auth/X.ASPX?a={R:1}"), "script"],
		"script on this machine": [_rewrite("http://localhost/aspnet_client/x"), "script"],
		"folder of web shells": [_rewrite("/aspnet_client/system_web/x"), "script"],
		"Exchange's folder": [_rewrite(`/..\FrontEnd\HttpProxy\x`), "script"],
		"spelled otherwise": [{"action": {"type": "rewrite", "value": "/acme"}}, "elsewhere"],
	}
	got := {match.class | some match in rewrite.requests} with input as _with("rewrite_rules", [_rule(want[0])])
	got == {want[1]}
}

test_redirects_and_refusals[name] if {
	some name, want in {
		"redirect to another host": [_redirect("https://sso.acme.example/"), "elsewhere"],
		"redirect without a scheme": [_redirect("//sso.acme.example/"), "elsewhere"],
		"redirect to https": [_redirect("https://{HTTP_HOST}{REQUEST_URI}"), "other"],
		"redirect to a port": [_redirect("https://{HTTP_HOST}:8443/owa"), "other"],
		"host that begins like this one": [_redirect("https://{HTTP_HOST}.acme.example/"), "elsewhere"],
		"host that begins like localhost": [_redirect("https://localhost.acme.example/"), "elsewhere"],
		"redirect to a path": [_redirect("/owa/x"), "other"],
		"front door": [object.union(_redirect("/owa"), {"match": _match("^$")}), "front_door"],
		"front door, whole address": [
			object.union(_redirect("https://{HTTP_HOST}/owa/"), {"match": _match("^/?$")}),
			"front_door",
		],
		"everything to owa": [_redirect("/owa"), "other"],
		"abort": [_block, "blocking"],
		"custom response": [{"action": {"type": "CustomResponse", "value": ""}}, "blocking"],
	}
	got := {match.class | some match in rewrite.requests} with input as _with("rewrite_rules", [_rule(want[0])])
	got == {want[1]}
}

test_microsoft_rules[name] if {
	some name, want in {
		"mitigation": [_eems({}), "mitigation"],
		"mitigation, answered": [_eems({"action": {"type": "CustomResponse", "value": ""}}), "mitigation"],
		"mitigation with an older pattern": [
			_eems({"conditions": [_condition("{REQUEST_URI}", `.*autodiscover\.json.*\@.*Powershell.*`)]}),
			"mitigation",
		],
		"mitigation without conditions": [_eems({"conditions": []}), "reused_name"],
		"mitigation, wider": [_eems({"conditions": [_condition("{REQUEST_URI}", ".*")]}), "reused_name"],
		"mitigation, other input": [
			_eems({"conditions": [_condition("{HTTP_USER_AGENT}", "autodiscover.*powershell")]}),
			"reused_name",
		],
		"mitigation, turned round": [
			_eems({"conditions": [object.union(_condition("{URL}", "autodiscover powershell"), {"negate": true})]}),
			"reused_name",
		],
		"mitigation that sets a variable": [
			_eems({"server_variables": [{"name": "HTTP_X", "value": "1"}]}),
			"reused_name",
		],
		"mitigation that rewrites": [_eems(_rewrite("/owa/x.aspx")), "reused_name"],
		"unknown mitigation": [object.union(_block, {"name": "EEMS M9 new - inbound"}), "blocking"],
		"outbound name, inbound": [
			object.union(_block, {"name": "EOMT OWA CSP - outbound"}),
			"reused_name",
		],
		"name IIS gives, other rule": [object.union(_block, {"name": "RequestBlockingRule1"}), "blocking"],
		"name IIS gives, Microsoft's rule": [_eems({"name": "RequestBlockingRule1"}), "mitigation"],
		"calendar rule on the front end": [
			object.union(_rewrite("{R:0}?layout=premium"), {"match": _match(`\.ics$`)}),
			"elsewhere",
		],
		"calendar rule": [_calendar("{R:0}?layout=premium"), "workaround"],
		"calendar rule, written whole": [_calendar("/owa/calendar/{R:1}?layout=premium&{QUERY_STRING}"), "workaround"],
		"calendar rule to another host": [_calendar("https://acme.example/{R:0}?layout=premium"), "elsewhere"],
		"calendar rule to another path": [_calendar("/owa/calendar/../x?layout=premium"), "elsewhere"],
	}
	got := {match.class | some match in rewrite.requests} with input as _with("rewrite_rules", [_rule(want[0])])
	got == {want[1]}
}

_match(pattern) := {"pattern": pattern}

_calendar(value) := object.union(_rewrite(value), {
	"match": _match(`^owa/calendar/.*\.ics$`),
	"scopes": ["Exchange Back End/owa"],
})

test_scopes[name] if {
	some name, want in {
		"application and folder": [
			{"scopes": ["", "Default Web Site/owa", "Default Web Site/owa/auth"]},
			{"Default Web Site/owa", "Default Web Site/owa/auth"},
		],
		"server level only": [{"scopes": [""]}, set()],
		"not Exchange's": [{"scopes": ["Acme/"]}, set()],
		"disabled": [{"enabled": false}, set()],
		"global": [{"kind": "global", "scopes": [""]}, {""}],
		"global, whatever its scopes": [{"kind": "global", "scopes": []}, {""}],
		"outbound": [{"kind": "outbound"}, set()],
	}
	got := {match.scope | some match in rewrite.requests} with input as _with("rewrite_rules", [_rule(want[0])])
	got == want[1]
}

_sets(header) := {"match": {"server_variable": header}, "action": {"type": "Rewrite", "value": "max-age=1"}}

test_responses[name] if {
	csp := "RESPONSE_Content_Security_Policy"
	hsts := "RESPONSE_Strict_Transport_Security"
	name_of := {"name": "EOMT OWA CSP - outbound"}
	some name, want in {
		"body": [{"match": {"filter_by_tags": "A"}}, "other"],
		"header": [_sets("RESPONSE_X_Acme"), "other"],
		"header of a mitigation under another name": [_sets(csp), "other"],
		"mitigation": [object.union(_sets(csp), name_of), "mitigation"],
		"mitigation, no tags said": [
			object.union_n([_sets(csp), name_of, {"match": {"filter_by_tags": "None"}}]),
			"mitigation",
		],
		"mitigation and the body": [
			object.union_n([_sets(csp), name_of, {"match": {"filter_by_tags": "A"}}]),
			"reused_name",
		],
		"mitigation and tags of its own": [
			object.union_n([_sets(csp), name_of, {"match": {"custom_tags": "acme"}}]),
			"reused_name",
		],
		"mitigation with another header": [object.union(_sets("RESPONSE_Set_Cookie"), name_of), "reused_name"],
		"transport security": [_sets(hsts), "transport_security"],
		"transport security with another value": [
			object.union(_sets(hsts), {"action": {"value": "https://acme.example/"}}),
			"other",
		],
		"transport security on the back end": [
			object.union(_sets(hsts), {"scopes": ["Exchange Back End/owa"]}),
			"other",
		],
	}
	rule := _rule(object.union({"kind": "outbound"}, want[0]))
	got := {match.class | some match in rewrite.responses} with input as _with("rewrite_rules", [rule])
	got == {want[1]}
}

test_words if {
	match := {"scope": "Default Web Site/owa", "rule": _rule(_rewrite("/x"))}
	rewrite.subject(match) == "rewrite:Default Web Site/owa:Acme"
	rewrite.text(match) == "inbound rewrite rule Acme (Rewrite /x) in Default Web Site/owa"
	rewrite.text(object.union(match, {"scope": ""})) == "inbound rewrite rule Acme (Rewrite /x) for every site"
}
