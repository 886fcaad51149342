// Command exvet vets third-party integrations on Microsoft Exchange Server.
package main

import (
	"os"
	"runtime/debug"
)

// briefGC lets the heap grow to three times what is in use: a command that ends in a second spends a quarter less time, and holds a
// tenth more memory at most. GOGC in the environment counts more; the agent and limits of memory set their own.
const briefGC = 200

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(briefGC)
	}
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
