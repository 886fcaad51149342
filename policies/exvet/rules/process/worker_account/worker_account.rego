# METADATA
# title: Worker process of Exchange runs as another account
# description: >-
#   Every application pool of Exchange runs as LocalSystem. A worker process of one that runs as another account
#   proves that the pool was changed, or was when it started. Accounts are compared by SID. It also changes what
#   Exchange takes for a thread that impersonates somebody: one whose account is not the process's.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/troubleshoot/administration/avoid-unsupported-integration-methods
# custom:
#   id: EXV-PRC-001
#   stance: unsupported
#   severity: critical
#   clause: C4
#   basis: kb
#   needs: [processes.list, processes.workers, iis.apps, iis.pools]
#   remediation: >-
#     Set the identity of the pool back to LocalSystem and recycle it. Give the product the rights it needs by
#     role-based access control instead.
#   alternative: >-
#     A service account of its own that calls Exchange through EWS, Graph or remote PowerShell.
#   repro: >-
#     Set the identity back, recycle the pool, check the owner of the new worker process, and test again.
package exvet.rules.process.worker_account

import data.exvet.account
import data.exvet.process
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some pool in {pool | some pool in process.workers}
	changed := [worker |
		some pid, name in process.workers
		name == pool
		worker := process.by_pid[pid]
		not worker.sid in {"", "S-1-5-18"}
	]
	count(changed) > 0
	finding := {
		"subject": rule.subject(["process", pool]),
		"message": sprintf("worker process of %s runs as %s; Exchange setup gives its pools LocalSystem", [
			pool,
			concat(", ", {_account(worker) | some worker in changed}),
		]),
		"evidence": [process.evidence(worker, _account(worker)) | some worker in changed],
	}
}

_account(worker) := sprintf("%s (%s)", [worker.account, worker.sid]) if {
	worker.account != ""
} else := account.name(worker.sid)
