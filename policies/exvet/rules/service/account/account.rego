# METADATA
# title: Exchange service runs as another account
# description: >-
#   Exchange setup runs each of its services as LocalSystem or NetworkService, as documented. A service that
#   runs as a user, a group managed service account, an account of its own or the other of the two is not
#   supported. POP and IMAP may be either, since the documentation names both. Accounts are compared by SID,
#   whatever the language of the server.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
#   - ref: https://learn.microsoft.com/exchange/plan-and-deploy/deployment-ref/services-overview
# custom:
#   id: EXV-SVC-001
#   stance: unsupported
#   severity: high
#   clause: C4
#   basis: kb
#   needs: [services.list, exchange.root]
#   remediation: >-
#     Set the account of the service back and restart it. Give the product the rights it needs by role-based
#     access control instead.
#   alternative: >-
#     A service account of its own that calls Exchange through EWS, Graph or remote PowerShell.
#   repro: >-
#     Set the account back, restart the service, and check that Service Control Manager events 7000 and 7038
#     stay away.
package exvet.rules.service.account

import data.exvet.account
import data.exvet.rule
import data.exvet.service

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some found in service.exchange
	allowed := service.accounts(found.key)
	not found.sid in allowed
	finding := {
		"subject": rule.subject(["service", found.name]),
		"message": sprintf("%s runs as %s%s; Exchange setup gives it %s", [
			found.name,
			account.written(found),
			_managed(found.account_key),
			concat(" or ", sort([account.name(sid) | some sid in allowed])),
		]),
		"evidence": array.concat(
			[rule.registry(concat("", [found.ref, "!ObjectName"]), account.written(found))],
			service.running(found),
		),
	}
}

_managed(name) := ", a managed service account" if {
	endswith(name, "$")
} else := ""
