package bundles

import (
	"embed"
	"io/fs"
)

// APIVersion counts the breaking changes of API.
const APIVersion = 1

// API lists what an organisation's rules may refer to in the core, as paths below data. It is stable within a major version:
// words are added, and none changes its meaning or goes. The rest of the core changes with what is learned about
// Exchange, so lint refuses it, lest an organisation's rule stands in the way of an update. docs/rule-api.md describes each.
func API() []string {
	return []string{
		"exvet.rule.about", "exvet.rule.evidence", "exvet.rule.evidence_at", "exvet.rule.history", "exvet.rule.registry", "exvet.rule.subject",
		"exvet.path.base", "exvet.path.below", "exvet.path.dir", "exvet.path.exchange_root", "exvet.path.spell", "exvet.path.system_root",
		"exvet.path.token",
		"exvet.iis.apps", "exvet.iis.loads", "exvet.iis.place_text", "exvet.iis.places", "exvet.iis.pools", "exvet.iis.runs",
		"exvet.iis.runs_managed", "exvet.iis.scopes", "exvet.iis.sides", "exvet.iis.site_kinds", "exvet.iis.sites",
		"exvet.service.exchange",
		"exvet.account.name", "exvet.account.written",
		"exvet.agent.described", "exvet.agent.foreign", "exvet.agent.gone", "exvet.agent.subject", "exvet.agent.text",
		"exvet.binary.assembly_file", "exvet.binary.by_key", "exvet.binary.evidence", "exvet.binary.microsoft", "exvet.binary.remark",
		"exvet.binary.said", "exvet.binary.signer", "exvet.binary.trust", "exvet.binary.unproven",
		"exvet.process.by_pid", "exvet.process.evidence", "exvet.process.exchange", "exvet.process.foreign", "exvet.process.named",
		"exvet.process.workers",
		"exvet.event.evidence", "exvet.event.seen", "exvet.event.subject",
		"exvet.known.at_least", "exvet.known.label", "exvet.known.version",
		"exvet.product.class", "exvet.product.file_owner", "exvet.product.owner",
	}
}

//go:embed snapshots/*.libsonnet
var snapshots embed.FS

// Snapshots is the library fixtures are made with: server.libsonnet, a healthy server and what can be done to one, and its parts.
func Snapshots() fs.FS {
	library, err := fs.Sub(snapshots, "snapshots")
	if err != nil {
		panic(err) // the name is valid
	}
	return library
}
