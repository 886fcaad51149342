package main

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/exvet/exvet"
)

const reports = "pass a report that exvet scan -o json=FILE wrote, or - for one on standard input"

// openDocument opens a file the user named, or standard input for "-".
func openDocument(name string, stdin io.Reader, hint string) (string, io.ReadCloser, error) {
	if name == "-" {
		return "standard input", io.NopCloser(stdin), nil
	}
	file, err := os.Open(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return name, nil, exvet.Refuse("source/not-found", "%q does not exist; %s", name, hint)
	case err != nil:
		return name, nil, exvet.Refuse("source/unreadable", "read %q: %w", name, cause(err))
	}
	if info, err := file.Stat(); err == nil && info.IsDir() {
		_ = file.Close()
		return name, nil, exvet.Refuse("source/unreadable", "%q is a directory; %s", name, hint)
	}
	return name, file, nil
}

// readReport reads a report of the format this program writes. A field a later minor version added is passed over.
func readReport(name string, stdin io.Reader) (*exvet.Report, error) {
	name, file, err := openDocument(name, stdin, reports)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	raw, err := readAll(name, file, 0, reports)
	if err != nil {
		return nil, err
	}
	return parseReport(name, raw)
}

// parseReport refuses JSON that is no report, and a report of another format.
func parseReport(name string, raw []byte) (*exvet.Report, error) {
	var kind struct {
		Format  *int            `json:"format"`
		Facts   json.RawMessage `json:"facts"`
		Servers json.RawMessage `json:"servers"`
	}
	if err := json.Unmarshal(raw, &kind); err != nil {
		return nil, exvet.Refuse("report/malformed", "read %q: %w; %s", name, err, reports)
	}
	switch {
	case kind.Facts != nil:
		return nil, exvet.Refuse("report/not-a-report", "%q is a snapshot, not a report; exvet scan %s -o json=FILE makes one", name, name)
	case kind.Format == nil || kind.Servers == nil:
		return nil, exvet.Refuse("report/not-a-report", "%q has no format or no servers; %s", name, reports)
	case *kind.Format > exvet.ReportFormat:
		return nil, exvet.Refuse("report/format", "%q has format %d, newer than the %d this exvet reads; use the exvet that wrote it, or a newer one",
			name, *kind.Format, exvet.ReportFormat)
	case *kind.Format < exvet.ReportFormat:
		return nil, exvet.Refuse("report/format", "%q has format %d, older than the %d this exvet reads; scan the snapshot again", name, *kind.Format, exvet.ReportFormat)
	}
	var report exvet.Report
	if err := json.Unmarshal(raw, &report); err != nil {
		return nil, exvet.Refuse("report/malformed", "read %q: %w; %s", name, err, reports)
	}
	return &report, nil
}
