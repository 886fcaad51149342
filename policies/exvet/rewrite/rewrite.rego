# METADATA
# description: |
#   What a rule of the URL Rewrite module does, so that each rule is judged once. Microsoft's own rules are
#   known by name and behaviour together: anyone can use the name.
package exvet.rewrite

import data.exvet.iis
import data.exvet.known

# METADATA
# description: |
#   requests lists the enabled inbound and global rules that reach Exchange, once a scope, with their class:
#
#     mitigation   Microsoft's, and does what Microsoft's does
#     workaround   Microsoft's for calendar files (KB 5126672)
#     reused_name  Microsoft's name on something else
#     script       rewrites to a script or into a folder web shells are left in
#     elsewhere    rewrites to another address, or redirects to another host
#     blocking     refuses requests
#     front_door   redirects the root of the site to /owa
#     other        anything else
#
#   A global rule is read before any site is chosen: its scope is "".
requests := _inbound | _global

_inbound := {{"rule": rule, "scope": scope, "class": _request_class(rule, scope)} |
	some rule in input.facts.iis.rewrite_rules
	rule.kind == "inbound"
	rule.enabled
	some scope in rule.scopes
	iis.scopes[scope]
}

_global := {{"rule": rule, "scope": "", "class": _request_class(rule, "")} |
	some rule in input.facts.iis.rewrite_rules
	rule.kind == "global"
	rule.enabled
}

_request_class(rule, scope) := "mitigation" if {
	_is_mitigation(rule)
} else := "reused_name" if {
	_reserved(rule.key)
} else := "workaround" if {
	_is_workaround(rule, scope)
} else := "script" if {
	_runs_script(rule.action)
} else := "elsewhere" if {
	_leads_elsewhere(rule.action)
} else := "blocking" if {
	_blocks(rule.action)
} else := "front_door" if {
	_is_front_door(rule)
} else := "other"

# METADATA
# description: |
#   responses lists the enabled outbound rules that reach Exchange, once a scope, with their class: "mitigation"
#   and "reused_name" as above, "transport_security" for a rule that does no more than set the header of that
#   name on the front end, else "other".
responses := {{"rule": rule, "scope": scope, "class": _response_class(rule, scope)} |
	some rule in input.facts.iis.rewrite_rules
	rule.kind == "outbound"
	rule.enabled
	some scope in rule.scopes
	iis.scopes[scope]
}

_response_class(rule, scope) := "mitigation" if {
	known.rewrite.outbound[rule.key]
	_sets_header(rule, "response_content_security_policy")
} else := "reused_name" if {
	_reserved(rule.key)
} else := "transport_security" if {
	_sets_header(rule, "response_strict_transport_security")
	startswith(lower(rule.action.value), "max-age=")
	not [iis.scopes[scope], "back_end"] in iis.sides
} else := "other"

_reserved(key) if known.rewrite.outbound[key]

_reserved(key) if known.rewrite.inbound[key].reserved

# Microsoft's inbound mitigations refuse requests and do nothing else, on what they are made for.
_is_mitigation(rule) if {
	_blocks(rule.action)
	not rule.match.negate
	count(rule.server_variables) == 0
	count(rule.conditions) > 0
	mitigation := known.rewrite.inbound[rule.key]
	every condition in rule.conditions {
		mitigation.inputs[lower(condition.input)]
		not condition.negate
		every needle in mitigation.needles {
			contains(lower(condition.pattern), needle)
		}
	}
}

# The workaround asks the back end for calendar files with one parameter more. Its name is not known.
_is_workaround(rule, scope) if {
	lower(rule.action.type) == "rewrite"
	[iis.scopes[scope], "back_end"] in iis.sides
	regex.match(`^(/?owa/calendar/[^?]*|\{[RC]:\d+\}|\{(URL|REQUEST_URI)\})[?&]layout=premium(&.*)?$`, rule.action.value)
	not contains(rule.action.value, "..")
	some text in array.concat([rule.match.pattern], [condition.pattern | some condition in rule.conditions])
	regex.match(`(?i)\.ics`, text)
}

_runs_script(action) if {
	lower(action.type) == "rewrite"
	not _names_other_host(action.value)
	regex.match(`(?i)(\.(aspx|ashx|asmx|asp|cshtml|php)\b|aspnet_client|frontend[\\/]+httpproxy)`, action.value)
}

_leads_elsewhere(action) if {
	lower(action.type) == "rewrite"
	not _same_address(action.value)
}

_leads_elsewhere(action) if {
	lower(action.type) == "redirect"
	_names_other_host(action.value)
}

_same_address(value) if regex.match(`(?i)^/?(\{R:0\}|\{(URL|REQUEST_URI|PATH_INFO|UNENCODED_URL)\})$`, value)

_same_address("")

# A host written as a server variable, or this machine itself, is the host that was asked for.
_names_other_host(value) if {
	regex.match(`(?i)^([a-z][a-z0-9+.-]*:)?//`, value)
	not regex.match(
		concat("", [
			`(?i)^([a-z][a-z0-9+.-]*:)?//(\{(HTTP_HOST|SERVER_NAME)\}|localhost|127\.0\.0\.1|\[::1\])(:[0-9]+)?`,
			`($|[/?]|\{(REQUEST_URI|URL|UNENCODED_URL|PATH_INFO)\})`,
		]),
		value,
	)
}

_blocks(action) if lower(action.type) in {"abortrequest", "customresponse"}

_is_front_door(rule) if {
	lower(rule.action.type) == "redirect"
	rule.match.pattern in {"^$", "^/?$", "^/$", "^\\/?$"}
	not rule.match.negate
	regex.match(`(?i)^((https?:)?//\{(HTTP_HOST|SERVER_NAME)\})?/?owa/?$`, rule.action.value)
}

_sets_header(rule, header) if {
	lower(rule.match.server_variable) == header
	lower(rule.match.filter_by_tags) in {"", "none"}
	rule.match.custom_tags == ""
	lower(rule.action.type) == "rewrite"
}

# METADATA
# description: subject is the subject of a match of requests or responses.
subject(match) := concat(":", ["rewrite", match.scope, match.rule.name])

# METADATA
# description: text says in words what rule a match is, where, and what it does.
text(match) := sprintf("%s rewrite rule %s (%s) %s", [
	match.rule.kind,
	match.rule.name,
	action(match.rule),
	_where(match.scope),
])

_where("") := "for every site"

_where(scope) := sprintf("in %s", [scope]) if scope != ""

# METADATA
# description: action is the deciding text of a rule, such as "AbortRequest" or "Rewrite /other/{R:1}".
action(rule) := trim_space(concat(" ", [rule.action.type, rule.action.value]))
