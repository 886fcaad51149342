package exvet.product

# METADATA
# description: |
#   stated holds what the facts say of integrations that are configured, by the name rules give them: who makes it, its
#   version, and how sure that is. What is a setting of Exchange is "certain", what a program says of itself
#   "unverified".
stated := {name: {"class": "", "vendor": about[0], "version": about[1], "confidence": about[2]} |
	some name in {row[0] | some row in _stated}
	about := min({row[1] | some row in _stated; row[0] == name})
}

# METADATA
# scope: document
# description: |
#   impersonator names the program an account that may act for mailboxes stands for: as it calls itself in the log of
#   EWS, else by the account.
impersonator(account) := min(names) if {
	names := {program | some program in _programs[_person(account)]}
	count(names) > 0
} else := sprintf("EWS program of %s", [account])

# METADATA
# description: journal names the archive that a journal rule sends mail to.
journal(row) := sprintf("Journaling to %s", [row.address])

# METADATA
# description: gateway names the host a send connector hands mail to.
gateway(row) := sprintf("Mail gateway %s", [concat(", ", row.hosts)])

# METADATA
# description: connector names a delivery agent connector or a foreign connector.
connector(row) := sprintf("Connector %s", [row.name])

# METADATA
# description: group names the product that copies the databases of a group.
group(row) := sprintf("Replication of %s by another vendor", [row.name])

# METADATA
# description: script names what extends a cmdlet by a script.
script(row) := sprintf("Cmdlet extension %s", [row.feature])

# METADATA
# description: rewrites names rules of the rewrite module that are not another vendor's, by their class.
rewrites := {
	"mitigation": "Exchange Emergency Mitigation",
	"workaround": "Rewrite rule of a Microsoft advisory",
	"transport_security": "HTTP Strict Transport Security",
}

# METADATA
# description: standing names ways of integration that have one name on every server.
standing := {
	"adfs": "Sign-in through AD FS",
	"mail_rules": "Mail flow rules",
	"pickup": "Programs that leave mail in the Pickup folder",
	"folders": "Pickup and Replay folders in places of their own",
}

# What calls itself by the name of a library says nothing of the program.
_libraries := {"", "exchangeservicesclient", "java", "mozilla", "python-requests", "apache-httpclient"}

_programs := {person: {caller[1] | some caller in _callers; caller[0] == person} |
	some person in {caller[0] | some caller in _callers}
}

_callers := {[_person(row.account), name, version] |
	some row in input.facts.organisation.ews_callers
	row.impersonated > 0
	parts := regex.find_all_string_submatch_n(`^([^/()]+)(?:/([0-9][0-9.]*))?`, row.agent, 1)
	name := trim_space(parts[0][1])
	version := parts[0][2]
	not lower(name) in _libraries
}

# The same account is "CONTOSO\svc" in logs and "svc" or "svc@contoso.com" in answers of cmdlets.
_person(account) := lower(split(regex.replace(account, `^.*[\\/]`, ""), "@")[0])

_settings contains name if some name in rewrites

_settings contains name if some name in standing

_settings contains impersonator(row.assignee) if {
	some row in input.facts.organisation.role_assignments
	row.role_key == "applicationimpersonation"
	not _programs[_person(row.assignee)]
}

_settings contains journal(row) if some row in input.facts.organisation.journal_rules

_settings contains gateway(row) if some row in input.facts.organisation.connectors

_settings contains connector(row) if some row in input.facts.organisation.connectors

_settings contains group(row) if some row in input.facts.organisation.groups

_settings contains script(row) if some row in input.facts.transport.extension_scripts

_makers := {
	"Exchange Emergency Mitigation": "Microsoft",
	"Rewrite rule of a Microsoft advisory": "Microsoft",
	"Sign-in through AD FS": "Microsoft",
}

_stated contains [name, [object.get(_makers, name, ""), "", "certain"]] if some name in _settings

_stated contains [caller[1], ["", caller[2], "unverified"]] if some caller in _callers

_stated contains [row.name, [row.provider, row.version, "unverified"]] if some row in input.facts.organisation.apps

_stated contains [row.name, ["", row.version, "unverified"]] if {
	some row in input.facts.services.extensions
	row.kind == "vss_provider"
}
