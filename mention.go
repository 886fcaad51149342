package exvet

import "iter"

// A Mention is a file that facts name. The table of binaries is built from all of them.
type Mention struct {
	Key    string // path key of the file, variables expanded
	By     string // fact path and name of who names it: "iis.global_modules:AcmeGate"
	Loaded bool   // By is a process that has the file in memory
}

// A Mentioner is a section's facts that name files: each file once for everyone who names it, in any order. An
// empty key is none.
type Mentioner interface {
	Mentions() iter.Seq[Mention]
}
