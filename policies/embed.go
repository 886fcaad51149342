// Package policies holds the rules, the words they share and what Exchange setup installs, as one OPA bundle root.
package policies

import "embed"

// Files is the bundle root: ".manifest" and "exvet/...". It holds the rules' tests too, which a loader leaves
// out by their suffix "_test.rego", and no fixtures.
//
//go:embed .manifest exvet
var Files embed.FS
