package collectors

import (
	"errors"
	"fmt"
	"slices"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/authenticode"
)

// conclude hands the table over with what it leaves open: for each section that names files, those nobody has seen and
// those whose signature nobody can tell.
func (r *fileReader) conclude(table *Binaries, rows []*mentionedFile, more int, assemblies error) (*Binaries, error) {
	if !slices.ContainsFunc(table.List, func(b Binary) bool { return b.Status != fileNotInEvidence }) {
		reason := fmt.Sprintf("none of the %d files the other facts name was copied: copy them with %s", len(table.List), catRoot)
		if len(table.List) == 0 {
			reason = "no other facts name a file"
		}
		return nil, exvet.Gap{Missing: exvet.Missing{Facts: []string{"binaries"}, Reason: reason}, Cause: exvet.ErrNoEvidence}
	}
	failed := []error{assemblies}
	for _, section := range []string{"managed", "iis", "services", "injection", "amsi", "events", "processes", "transport", "files"} {
		open := gap{section: section}
		for _, row := range rows {
			if row.sections[section] && !row.file.folder {
				open.count(row, r.trust)
			}
		}
		failed = append(failed, open.errors()...)
	}
	if more > 0 {
		failed = append(failed, exvet.Missing{
			Facts: []string{"binaries"}, Reason: fmt.Sprintf("%d more files are named than the %d of the table", more, maxBinaries),
		})
	}
	return table, errors.Join(failed...)
}

const catRoot = `Windows\System32\CatRoot`

// A gap sums up what is not known of the files one section names.
type gap struct {
	section                       string
	named                         int
	elsewhere, unreadable, unsure []*mentionedFile
	gone                          []*mentionedFile // loaded, and there no more
	trust                         *trust
}

func (g *gap) count(row *mentionedFile, t *trust) {
	g.named++
	g.trust = t
	switch {
	case row.Status == fileNotInEvidence:
		g.elsewhere = append(g.elsewhere, row)
	case row.Status == fileAbsent && g.section == "processes" && len(row.LoadedBy) > 0:
		g.gone = append(g.gone, row)
	case row.Status == fileUnreadable:
		g.unreadable = append(g.unreadable, row)
	case row.Status == fileRead && row.Signature.Status == authenticode.Unknown && !slices.Contains(row.Signature.Flags, authenticode.NotPE):
		g.unsure = append(g.unsure, row)
	}
}

func (g *gap) errors() []error {
	var failed []error
	say := func(rows []*mentionedFile, format string, args ...any) {
		if len(rows) == 0 {
			return
		}
		reason := fmt.Sprintf("%d of %d files that %s facts name ", len(rows), g.named, g.section) + fmt.Sprintf(format, args...)
		failed = append(failed, exvet.Missing{Facts: []string{"binaries.list", "binaries." + g.section}, Reason: reason})
	}
	if len(g.elsewhere) > 0 {
		say(g.elsewhere, "are not in the evidence, %s among them: copy them", example(g.elsewhere))
	}
	if len(g.gone) > 0 {
		say(g.gone, "are loaded and there no more, %s among them: whose they were cannot be told", example(g.gone))
	}
	if len(g.unreadable) > 0 {
		first := g.unreadable[0]
		say(g.unreadable, "could not be read, %s among them: %s", first.Path, first.Reason)
	}
	if len(g.unsure) > 0 {
		why := g.unsure[0].Signature.Reason
		if !g.trust.catalogs {
			why = fmt.Sprintf("carry no signature of their own, and catalogs are not in the evidence: copy %s", catRoot)
			say(g.unsure, "%s (%s among them)", why, example(g.unsure))
			return failed
		}
		say(g.unsure, "have signatures that cannot be judged, %s among them: %s", example(g.unsure), why)
	}
	return failed
}

// example names the file to speak of.
func example(rows []*mentionedFile) string { return rows[0].Path }
