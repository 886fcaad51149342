package main

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"github.com/exvet/exvet/collectors"
)

const cacheUsage = "keep what was found out of files in `DIR`, and use it while they do not change (default off); whoever can write there is believed"

// lookOptions say how to look at a server. Progress is told to a terminal only.
func lookOptions(cache string, stderr io.Writer, quiet bool) collectors.Options {
	options := collectors.Options{Cache: cache}
	screen, ok := stderr.(*os.File)
	if !quiet && ok && term.IsTerminal(int(screen.Fd())) {
		options.Files = func(done, total int) {
			end := ""
			if done == total {
				end = "\r\x1b[K" // leaves the line as it was
			}
			fmt.Fprintf(screen, "\r%d of %d files%s", done, total, end)
		}
	}
	return options
}
