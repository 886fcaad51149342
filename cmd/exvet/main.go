// Command exvet vets third-party integrations on Microsoft Exchange Server.
package main

import (
	"os"
	"runtime/debug"
)

// briefGC lets the heap grow to three times what is in use: a command that ends in a second spends a quarter less time, and holds a
// tenth more memory at most. A hub, which runs for months, keeps to Go's own steadyGC; the agent has a limit of its own.
const (
	briefGC  = 200
	steadyGC = 100
)

// sweepAt has garbage collected when the heap has grown by so many per cent. GOGC in the environment counts more.
func sweepAt(percent int) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}

func main() {
	sweepAt(briefGC)
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
