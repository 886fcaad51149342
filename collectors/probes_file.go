package collectors

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/authenticode"
)

// Limits of the files a probe reads.
const (
	maxProbedFiles = 200
	maxProbedText  = 16 << 20  // of a file that is looked into
	maxProbedHash  = 512 << 20 // of a file that is hashed
	maxProbedLines = 100       // that match, of one file
	maxProbedNames = 20_000    // in the folder of a wildcard
)

// located gives the names in Host.Files a probe's path is like. None is a file the server does not have.
func (p *prober) located(probe exvet.Probe) ([]string, error) {
	path, lead := probe.Path, "%exchangeinstallpath%"
	if len(path) >= len(lead) && strings.EqualFold(path[:len(lead)], lead) {
		if p.server.ExchangeRoot == "" {
			return nil, fmt.Errorf("where Exchange is installed is not known: %w", exvet.ErrNoEvidence)
		}
		path = p.server.ExchangeRoot + `\` + path[len(lead):]
	}
	path = p.machine.standard.Expand(path)
	if err := exvet.CheckProbePath(path, p.server.ExchangeRoot); err != nil {
		return nil, err
	}
	name, _ := exvet.FSPath(path)
	at := strings.LastIndexByte(name, '/')
	if at < 0 || !strings.ContainsAny(name[at+1:], "*?") {
		return []string{name}, nil
	}
	entries, err := readSome(p.host.Files(), name[:at])
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var names []string
	for _, entry := range entries {
		found := name[:at+1] + entry.Name()
		if entry.Type().IsRegular() && wild(name[at+1:], entry.Name()) && exvet.CheckProbePath(exvet.WindowsPath(found), p.server.ExchangeRoot) == nil {
			names = append(names, found)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
	if len(names) > maxProbedFiles {
		return names[:maxProbedFiles], fmt.Errorf("more than %d files are like %s; ask for less", maxProbedFiles, probe.Path)
	}
	return names, nil
}

// readSome lists a folder that does not hold absurdly much.
func readSome(files fs.FS, name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(files, name)
	if len(entries) > maxProbedNames {
		return nil, fmt.Errorf("folder %s holds more than %d names", exvet.WindowsPath(name), maxProbedNames)
	}
	return entries, err
}

// files reads what a probe asks of files. One that is not there has no row.
func (p *prober) files(ctx context.Context, probe exvet.Probe) ([]ProbedFile, error) {
	names, err := p.located(probe)
	gaps := []error{err}
	var rows []ProbedFile
	var pattern *regexp.Regexp
	if probe.Match != "" {
		if pattern, err = regexp.Compile(probe.Match); err != nil {
			return nil, err
		}
	}
	for _, name := range names {
		row, err := p.file(ctx, name, probe, pattern)
		if errors.Is(err, fs.ErrNotExist) && !errors.Is(err, exvet.ErrNoEvidence) {
			continue
		}
		if err != nil {
			gaps = append(gaps, exvet.Gap{Missing: exvet.Missing{Reason: oneLine(err), File: exvet.WindowsPath(name)}, Cause: err})
		}
		if row != nil {
			rows = append(rows, *row)
		}
	}
	return rows, errors.Join(gaps...)
}

func (p *prober) file(ctx context.Context, name string, probe exvet.Probe, pattern *regexp.Regexp) (*ProbedFile, error) {
	file, err := p.host.Files().Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no file", exvet.WindowsPath(name))
	}
	path := exvet.WindowsPath(name)
	row := &ProbedFile{Key: exvet.PathKey(path), Path: path, Size: info.Size(), Matches: []ProbedLine{}}
	row.Signature.Status, row.Signature.Flags = authenticode.Unknown, []string{}
	if !info.ModTime().IsZero() {
		row.Modified = info.ModTime().UTC().Format(time.RFC3339)
	}
	var gaps []error
	if slices.Contains(probe.Read, "hash") || slices.Contains(probe.Read, "signature") || slices.Contains(probe.Read, "version") {
		gaps = append(gaps, p.image(ctx, file, row, probe.Read))
	}
	if pattern != nil {
		content, err := limited(p.host.Files(), name, maxProbedText)
		if err == nil {
			row.Matches, err = matching(ctx, content, pattern)
		}
		gaps = append(gaps, err)
	}
	return row, errors.Join(gaps...)
}

// image reads hash, version and signature.
func (p *prober) image(ctx context.Context, file fs.File, row *ProbedFile, read []string) error {
	if row.Size > maxProbedHash {
		return fmt.Errorf("file is larger than %d MiB; its hash, version and signature are not read", maxProbedHash>>20)
	}
	var gaps []error
	at, direct := file.(io.ReaderAt)
	if !direct && (slices.Contains(read, "version") || slices.Contains(read, "signature")) {
		content, err := io.ReadAll(io.LimitReader(file, maxProbedHash))
		if err != nil {
			return err
		}
		at = bytes.NewReader(content)
		file = nil
	}
	if slices.Contains(read, "version") {
		var err error
		row.Version, err = authenticode.ReadVersion(ctx, at, row.Size)
		gaps = append(gaps, err)
	}
	if slices.Contains(read, "signature") {
		var err error
		row.Signature, err = p.signature(ctx, at, row.Size)
		gaps = append(gaps, err)
	}
	if slices.Contains(read, "hash") {
		var source io.Reader = file
		if at != nil {
			source = io.NewSectionReader(at, 0, row.Size)
		}
		sum := sha256.New()
		_, err := io.Copy(sum, &stoppable{ctx, source})
		if err == nil {
			row.SHA256 = hex.EncodeToString(sum.Sum(nil))
		}
		gaps = append(gaps, err)
	}
	return errors.Join(gaps...)
}

// signature judges a file as the table of binaries does.
func (p *prober) signature(ctx context.Context, at io.ReaderAt, size int64) (authenticode.Signature, error) {
	unknown := authenticode.Signature{Status: authenticode.Unknown, Flags: []string{}}
	if p.trust == nil {
		found, err := newTrust(ctx, p.host, p.now)
		if err != nil {
			return unknown, err
		}
		p.trust = found
	}
	result, err := p.trust.verifier.Verify(ctx, at, size)
	if err != nil {
		return unknown, err
	}
	signature, _ := p.trust.judged(result)
	return signature, nil
}

// A stoppable reader ends with its context.
type stoppable struct {
	ctx    context.Context
	source io.Reader
}

// Read reads on while there is time.
func (s *stoppable) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.source.Read(p)
}

// limited reads a file of at most some octets.
func limited(files fs.FS, name string, most int64) ([]byte, error) {
	file, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, most+1))
	if err == nil && int64(len(content)) > most {
		return nil, fmt.Errorf("file is larger than %d MiB; it is not looked into", most>>20)
	}
	return content, err
}

// matching gives the lines of a text that match.
func matching(ctx context.Context, content []byte, pattern *regexp.Regexp) ([]ProbedLine, error) {
	found := []ProbedLine{}
	lines := bufio.NewScanner(bytes.NewReader(plainText(content)))
	lines.Buffer(nil, maxProbedText+1)
	for line := 1; lines.Scan(); line++ {
		if line&0xfff == 0 && ctx.Err() != nil {
			return found, ctx.Err()
		}
		if !pattern.Match(lines.Bytes()) {
			continue
		}
		if len(found) == maxProbedLines {
			return found, fmt.Errorf("more than %d lines match; ask for less", maxProbedLines)
		}
		found = append(found, ProbedLine{line, shortened(strings.ToValidUTF8(strings.TrimSpace(lines.Text()), "\ufffd"))})
	}
	return found, lines.Err()
}

// plainText turns UTF-16 with a byte-order mark into UTF-8.
func plainText(content []byte) []byte {
	little := bytes.HasPrefix(content, []byte{0xff, 0xfe})
	if !little && !bytes.HasPrefix(content, []byte{0xfe, 0xff}) {
		return bytes.TrimPrefix(content, []byte("\ufeff"))
	}
	units := make([]uint16, 0, len(content)/2)
	for i := 2; i+1 < len(content); i += 2 {
		unit := uint16(content[i])<<8 | uint16(content[i+1])
		if little {
			unit = unit<<8 | unit>>8
		}
		units = append(units, unit)
	}
	return []byte(string(utf16.Decode(units)))
}

// wild reports whether a name is like a pattern of * and ?, in any case.
func wild(pattern, name string) bool {
	if !strings.ContainsAny(pattern, "*?") {
		return strings.EqualFold(pattern, name)
	}
	expression := regexp.QuoteMeta(pattern)
	expression = strings.ReplaceAll(strings.ReplaceAll(expression, `\*`, ".*"), `\?`, ".")
	ok, err := regexp.MatchString("(?is)^"+expression+"$", name)
	return err == nil && ok
}
