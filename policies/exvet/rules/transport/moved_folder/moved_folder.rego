# METADATA
# title: Pickup or Replay folder in a place of its own
# description: >-
#   The Pickup or the Replay folder of this server was moved, as for a product that leaves messages
#   there. That is supported; who may write to it is not seen.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/mail-flow/pickup-directory-and-replay-directory
# custom:
#   id: EXV-TRA-011C
#   stance: supported
#   severity: info
#   clause: S
#   basis: inference
#   needs: [organisation.services, exchange.root]
#   remediation: >-
#     Nothing: this is the supported way.
package exvet.rules.transport.moved_folder

import data.exvet.path
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	path.exchange_root != ""
	some row in input.facts.organisation.services
	some [kind, folder, key] in [["pickup", row.pickup, row.pickup_key], ["replay", row.replay, row.replay_key]]
	folder != ""
	path.token(key) != sprintf(`{exchange}\transportroles\%s`, [kind])
	lower(row.name) in {"", lower(input.server.name)}
	finding := {
		"subject": rule.subject(["file", folder]),
		"message": sprintf("the %s folder of %s is %s", [kind, row.name, folder]),
		"evidence": [rule.evidence(row, folder)],
		"integration": products.standing.folders,
	}
}
