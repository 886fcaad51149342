# METADATA
# title: Windows and exvet do not agree on a signature
# description: >-
#   Windows says it trusts a file whose signature does not cover it, or that has none; or it takes a file for altered,
#   unsigned or distrusted whose signature is good. Programs that verify signatures are lied to in this way where
#   somebody has registered a trust provider of his own. exvet reads signatures without Windows, and asks Windows beside
#   that. Only a running server can be asked: on a copied disk this rule is unknown.
# related_resources:
#   - ref: https://attack.mitre.org/techniques/T1553/003/
# custom:
#   id: EXV-SIG-001
#   stance: security
#   severity: critical
#   clause: "-"
#   basis: inference
#   needs: [binaries.list, signatures.os_verdicts]
#   roles: []
#   remediation: >-
#     Compare HKLM\SOFTWARE\Microsoft\Cryptography\OID and ...\Cryptography\Providers\Trust, and their Wow6432Node
#     twins, with those of a clean server of the same build. A provider that is not Microsoft's is a possible
#     compromise: isolate the server, keep the files as evidence, and follow your incident response.
#   repro: >-
#     Keep a copy of the file and of both keys before anything is changed.
package exvet.rules.binary.disputed_signature

import data.exvet.binary
import data.exvet.product as products
import data.exvet.rule

about := rule.about(rego.metadata.chain())

findings contains finding if {
	some said in input.facts.signatures.os_verdicts
	dispute := _disputes[said.verdict]
	file := binary.by_key[said.key]
	file.signature.status in dispute.statuses
	not _padded(file.signature, said.verdict)
	finding := {
		"subject": rule.subject(["file", file.path]),
		"message": sprintf(dispute.message, [file.path]),
		"severity": dispute.severity,
		"evidence": array.concat(
			binary.evidence(file.key),
			[{"ref": sprintf("file:%s", [file.path]), "value": sprintf("Windows: %s", [said.verdict])}],
		),
		"binary": file.key,
		"integration": products.file_owner(file.key),
	}
}

# Windows is asked about the signature in a file, not about catalogs, and takes certificates for good or bad that exvet
# does not know: of those nobody can tell who is right.
_disputes := {
	"trusted": {
		"statuses": {"hash-mismatch", "bad-signature", "unsigned"},
		"severity": "critical",
		"message": "Windows trusts the signature of %s, which has none that covers it",
	},
	"unsigned": {
		"statuses": {"valid", "valid-legacy-sha1"},
		"severity": "high",
		"message": "Windows sees no signature in %s, which has a good one",
	},
	"altered": {
		"statuses": {"valid", "valid-legacy-sha1"},
		"severity": "high",
		"message": "Windows takes %s for altered, and its signature covers it as it is",
	},
	"distrusted": {
		"statuses": {"valid", "valid-legacy-sha1"},
		"severity": "high",
		"message": "Windows distrusts the certificate %s is signed with, which is good otherwise",
	},
}

# A server may be told to refuse signatures with octets in their padding.
_padded(signature, verdict) if {
	verdict in {"unsigned", "altered"}
	"nonzero-padding" in signature.flags
}
