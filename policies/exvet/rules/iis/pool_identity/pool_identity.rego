# METADATA
# title: Exchange application pool runs as another account
# description: >-
#   Exchange setup runs every one of its application pools as LocalSystem. A pool that runs as another account
#   is not supported, whether the account was set on the pool, comes from the defaults of all pools, or is
#   what IIS falls back to where nothing is set.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/iis/configuration/system.applicationhost/applicationpools/add/processmodel
# custom:
#   id: EXV-IIS-030
#   stance: unsupported
#   severity: critical
#   clause: C4
#   basis: kb
#   needs: [iis.pools, iis.apps, exchange.root]
#   roles: [mailbox, client_access]
#   remediation: >-
#     Set the identity of the pool back to LocalSystem and recycle it. Give the product the rights it needs by
#     role-based access control instead.
#   alternative: >-
#     A service account of its own that calls Exchange through EWS, Graph or remote PowerShell.
#   repro: >-
#     Set the identity back, recycle the pool, and check that WAS events 5021, 5057 and 5059 stay away.
package exvet.rules.iis.pool_identity

import data.exvet.iis
import data.exvet.known
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some pool in input.facts.iis.pools
	pool.sid != "S-1-5-18"
	pool.key in iis.pools
	not known.baseline.stock_pools[pool.key]
	finding := {
		"subject": rule.subject(["pool", pool.name]),
		"message": sprintf("%s runs as %s%s; Exchange setup gives it LocalSystem", [
			pool.name,
			_account(pool),
			_from[pool.identity_from],
		]),
		"evidence": _evidence(pool),
	}
}

_account(pool) := pool.user_name if {
	pool.user_name != ""
	lower(pool.identity_type) == "specificuser"
} else := pool.identity_type

_from := {
	"pool": "",
	"defaults": ", from applicationPoolDefaults, as the pool sets no identity",
	"schema": ", the default of IIS, as nothing sets an identity",
}

_evidence(pool) := [rule.evidence_at(pool.file, pool.identity_line, _setting(pool))] if {
	pool.identity_from == "pool"
} else := [
	rule.evidence(pool, sprintf("add name=\"%s\" without identityType", [pool.name])),
	rule.evidence_at(pool.file, pool.identity_line, _setting(pool)),
] if {
	pool.identity_line > 0
} else := [rule.evidence(pool, sprintf("add name=\"%s\" without identityType", [pool.name]))]

_setting(pool) := sprintf("identityType=\"%s\" userName=\"%s\"", [pool.identity_type, pool.user_name]) if {
	pool.user_name != ""
} else := sprintf("identityType=\"%s\"", [pool.identity_type])
