package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/collectors"
	"github.com/exvet/exvet/internal/engine"
	"github.com/exvet/exvet/internal/host"
	"github.com/exvet/exvet/internal/report"
)

const sources = "pass a snapshot file, - for a snapshot on standard input, a copied disk (a directory that holds C/Windows and C/Program Files), or a zip of one"

// maxSnapshot is the largest snapshot read, in bytes.
const maxSnapshot = 1 << 30

// A source is one server to judge.
type source struct {
	name     string // as the user named it
	snapshot []byte // JSON; none once rules have it
	read     *engine.Document
	seen     seen
	problems []string // what could not be opened in it
}

// document gives the snapshot to rules, and lets go of the JSON: of a large server both would fill much memory.
func (s *source) document() (*engine.Document, error) {
	if s.read == nil {
		read, err := engine.Read(s.name, s.snapshot)
		if err != nil {
			return nil, err
		}
		s.read, s.snapshot = read, nil
	}
	return s.read, nil
}

// seen is the part of a snapshot that commands look at themselves. What is missing is nil.
type seen struct {
	Format    *int                     `json:"format"`
	Server    exvet.Server             `json:"server"`
	Collected map[string]exvet.Section `json:"collected"`
	Facts     *struct {
		IIS struct {
			Pools []struct {
				Key string `json:"key"`
			} `json:"pools"`
		} `json:"iis"`
	} `json:"facts"`
	Servers jsontext.Value `json:"servers"` // a report has them
}

// readSource turns what the user named into a snapshot: it reads one, or collects it from evidence.
func readSource(ctx context.Context, name string, stdin io.Reader, now time.Time, options collectors.Options) (*source, error) {
	if name == "-" {
		return readSnapshot("standard input", stdin, 0)
	}
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, exvet.Refuse("source/not-found", "%q does not exist; %s", name, sources)
	}
	if err != nil {
		return nil, exvet.Refuse("source/unreadable", "read %q: %w", name, err)
	}
	if info.IsDir() || zipped(name) {
		return collectFrom(ctx, name, now, options)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, exvet.Refuse("source/unreadable", "read %q: %w", name, err)
	}
	defer file.Close()
	return readSnapshot(name, file, info.Size())
}

// plain reports whether a name is that of a plain file: to look into a pipe would take what is in it.
func plain(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// zipped reports whether a plain file begins as archives do.
func zipped(name string) bool {
	if !plain(name) {
		return false
	}
	file, err := os.Open(name)
	if err != nil {
		return false // whoever reads it says why
	}
	defer file.Close()
	start := make([]byte, 2)
	_, err = io.ReadFull(file, start)
	return err == nil && string(start) == "PK"
}

// collectFrom runs the collectors over a copied disk.
func collectFrom(ctx context.Context, name string, now time.Time, options collectors.Options) (*source, error) {
	evidence, err := host.Open(name)
	if err != nil {
		return nil, err
	}
	defer evidence.Close()
	snapshot := options.Collect(ctx, evidence, now)
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("collect from %q: %w", name, err)
	}
	return sourceOf(name, snapshot, evidence.Problems())
}

// sourceOf makes a source of what was collected.
func sourceOf(name string, snapshot *exvet.Snapshot, problems []error) (*source, error) {
	document, err := report.JSON(snapshot)
	if err != nil {
		return nil, err
	}
	found, err := newSource(name, document)
	if err != nil {
		return nil, err
	}
	for _, problem := range problems {
		found.problems = append(found.problems, problem.Error())
	}
	return found, nil
}

// readSnapshot reads a snapshot of about so many bytes.
func readSnapshot(name string, r io.Reader, size int64) (*source, error) {
	raw, err := readAll(name, r, size, sources)
	if err != nil {
		return nil, err
	}
	return newSource(name, raw)
}

// readAll reads a JSON document whole, of about so many bytes; hint is what to pass instead of one that is empty. PowerShell's >
// writes UTF-16, so that is read too.
func readAll(name string, r io.Reader, size int64, hint string) ([]byte, error) {
	var content bytes.Buffer
	content.Grow(int(min(size, maxSnapshot)) + bytes.MinRead) // nothing is copied as it grows
	_, err := content.ReadFrom(io.LimitReader(r, maxSnapshot+1))
	raw := content.Bytes()
	switch {
	case err != nil:
		return nil, exvet.Refuse("source/unreadable", "read %q: %w", name, err)
	case len(raw) > maxSnapshot:
		return nil, exvet.Refuse("source/too-large", "%q is larger than %d bytes", name, maxSnapshot)
	case len(bytes.TrimSpace(raw)) == 0:
		return nil, exvet.Refuse("source/empty", "%q is empty; %s", name, hint)
	}
	if !marked(raw) {
		return raw, nil
	}
	if decoded, _, err := transform.Bytes(unicode.BOMOverride(transform.Nop), raw); err == nil {
		raw = decoded
	}
	return raw, nil
}

// marked reports whether text begins with a byte order mark.
func marked(text []byte) bool {
	return slices.ContainsFunc([]string{"\xef\xbb\xbf", "\xfe\xff", "\xff\xfe"}, func(mark string) bool { return bytes.HasPrefix(text, []byte(mark)) })
}

// newSource refuses JSON that is no snapshot of an Exchange server.
func newSource(name string, snapshot []byte) (*source, error) {
	found := &source{name: name, snapshot: snapshot}
	// Rules are given what was read strictly, once more; this is only to see what it is.
	err := json.Unmarshal(snapshot, &found.seen, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if typed := (*json.SemanticError)(nil); errors.As(err, &typed) {
		field := strings.ReplaceAll(strings.TrimPrefix(string(typed.JSONPointer), "/"), "/", ".")
		err = fmt.Errorf("%q must not be of type %s", field, typed.JSONKind)
	}
	switch {
	case err != nil:
		return nil, exvet.Refuse("source/not-a-snapshot", "read %q: %w; %s", name, err, sources)
	case found.seen.Servers != nil && found.seen.Facts == nil:
		return nil, exvet.Refuse("source/not-a-snapshot", "%q is a report, not a snapshot; %s", name, sources)
	case found.seen.Format == nil || found.seen.Facts == nil:
		return nil, exvet.Refuse("source/not-a-snapshot", "%q has no format or no facts; %s", name, sources)
	case *found.seen.Format != exvet.SnapshotFormat:
		return nil, exvet.Refuse("source/format", "%q has format %d; this exvet reads format %d",
			name, *found.seen.Format, exvet.SnapshotFormat)
	case !found.seen.exchange():
		return nil, exvet.Refuse("source/no-exchange", "%q shows no sign of Exchange; %s", name, sources)
	}
	return found, nil
}

// exchange reports whether there is a sign of Exchange. What is there and could not be read may hold one, so it
// is judged, and the report says what it leaves unknown.
func (s *seen) exchange() bool {
	if s.Server.ExchangeRoot != "" || s.Server.Build != "" {
		return true
	}
	for _, pool := range s.Facts.IIS.Pools {
		if strings.HasPrefix(pool.Key, "msexchange") {
			return true
		}
	}
	for _, section := range s.Collected {
		if section.Status == exvet.Failed {
			return true
		}
		for _, missing := range section.Missing {
			if missing.Scope == "" && missing.Line > 0 {
				return true
			}
		}
	}
	return false
}

// malformed lists the files of a server that could not be parsed, one line each.
func (s *source) malformed() []string {
	var lines []string
	told := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(s.seen.Collected)) {
		section := s.seen.Collected[name]
		for _, missing := range section.Missing {
			missing.Scope = ""
			if line := missing.Error(); missing.Line > 0 && !told[line] {
				told[line] = true
				lines = append(lines, line)
			}
		}
	}
	return lines
}
