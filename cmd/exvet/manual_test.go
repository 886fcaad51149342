package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
	"github.com/spf13/pflag"

	"github.com/exvet/exvet"
)

var (
	manual     = flag.String("manual", "", "write the manual pages into this folder, which exists")
	manualDate = flag.String("manual-date", "2026-01-01", "the date the manual pages bear")
)

// TestManual writes a manual page for every command, from its help: `make release` packs them. Each says how the command ends.
func TestManual(t *testing.T) {
	folder := *manual
	if folder == "" {
		folder = t.TempDir()
	}
	date, err := time.Parse(time.DateOnly, *manualDate)
	if err != nil {
		t.Fatal(err)
	}
	root := rootCommand()
	root.DisableAutoGenTag = true
	want := 0
	eachCommand(root, func(cmd *cobra.Command) {
		want++
		cmd.Long = plainMarkdown(cmd.Long)
		cmd.Flags().VisitAll(func(flag *pflag.Flag) { flag.Usage = plainMarkdown(flag.Usage) })
		cmd.PersistentFlags().VisitAll(func(flag *pflag.Flag) { flag.Usage = plainMarkdown(flag.Usage) })
		if ends := cmd.Annotations["exits"]; ends != "" {
			cmd.Long += "\n\n# EXIT STATUS\n```\n" + ends + "\n```\n"
		}
	})
	header := &doc.GenManHeader{Section: "1", Date: &date, Source: "exvet " + exvet.Version, Manual: "exvet"}
	if err := doc.GenManTree(root, header, folder); err != nil {
		t.Fatal(err)
	}
	pages, err := filepath.Glob(filepath.Join(folder, "exvet*.1"))
	if err != nil || len(pages) != want {
		t.Errorf("%d pages (%v), want one for each of %d commands", len(pages), err, want)
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []string{".SH NAME", ".SH SYNOPSIS", ".SH EXIT STATUS", ".SH EXAMPLE"} {
			if !bytes.Contains(text, []byte(part)) {
				t.Errorf("%s has no part %q: give the command an example and its exit codes", filepath.Base(page), part)
			}
		}
	}
}

// eachCommand visits a command and all below it that a user sees.
func eachCommand(cmd *cobra.Command, visit func(*cobra.Command)) {
	visit(cmd)
	for _, child := range cmd.Commands() {
		if child.IsAvailableCommand() {
			eachCommand(child, visit)
		}
	}
}

// plainMarkdown has the characters of a help text mean themselves: pages are made through Markdown.
func plainMarkdown(text string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "<", `\<`, "`", "").Replace(text)
}
