package host

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/exvet/exvet"
)

// Limits of exvet/processes.json.
const (
	maxProcessBytes = 64 << 20 // of the file
	maxProcesses    = 20_000
	maxModules      = 500_000 // of all processes
	maxPID          = 1<<32 - 1
)

// processesFile is where evidence holds the processes that ran.
const processesFile = "exvet/processes.json"

// Processes reads processes.json in the folder exvet at the top of the evidence: an array of exvet.Process. What stands
// before an error in the file is given with it. Evidence without the file is exvet.ErrNoEvidence.
func (e *Evidence) Processes(ctx context.Context) (list []exvet.Process, err error) {
	for _, base := range e.tops {
		at, entries := e.within(base, "exvet")
		i := slices.IndexFunc(entries, func(found entry) bool { return !found.folder && fold(found.name) == "processes.json" })
		if i < 0 {
			continue
		}
		if refused := entries[i].refused; refused != nil {
			return nil, exvet.Missing{File: processesFile, Reason: refused.Error()}
		}
		if e.index != nil && e.index.Processes != "" {
			defer func() { err = errors.Join(err, exvet.Missing{File: processesFile, Reason: e.index.Processes}) }()
		}
		text, err := e.processText(path.Join(at, entries[i].name))
		if err != nil {
			return nil, exvet.Missing{File: processesFile, Reason: reason(err)}
		}
		return readProcesses(ctx, text)
	}
	return nil, fmt.Errorf("%s: %w", processesFile, exvet.ErrNoEvidence)
}

// processText gives the file as UTF-8. Windows PowerShell writes UTF-16 behind a byte order mark.
func (e *Evidence) processText(name string) ([]byte, error) {
	file, err := e.files.from.open(name, maxProcessBytes)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(transform.NewReader(file, unicode.BOMOverride(transform.Nop)), maxProcessBytes+1))
	if err == nil && len(text) > maxProcessBytes {
		err = tooLarge(maxProcessBytes)
	}
	return text, err
}

// readProcesses reads an array of processes strictly: no field that exvet.Process has not, no process twice.
func readProcesses(ctx context.Context, text []byte) ([]exvet.Process, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	found := []exvet.Process{}
	failed := func(problem string) ([]exvet.Process, error) {
		line := 1 + bytes.Count(text[:min(decoder.InputOffset(), int64(len(text)))], []byte("\n"))
		return found, exvet.Missing{File: processesFile, Line: line, Reason: problem}
	}
	if token, err := decoder.Token(); err != nil || token != json.Delim('[') {
		return failed("it is no array of processes")
	}
	seen, modules := map[int]bool{}, 0
	for decoder.More() {
		if err := ctx.Err(); err != nil {
			return found, err
		}
		var process exvet.Process
		if err := decoder.Decode(&process); err != nil {
			return failed("process: " + strings.TrimPrefix(err.Error(), "json: "))
		}
		modules += len(process.Modules)
		switch {
		case process.PID < 0 || process.PID > maxPID || process.Parent < 0 || process.Parent > maxPID:
			return failed(fmt.Sprintf("process %d: no number of a process", process.PID))
		case process.Name == "":
			return failed(fmt.Sprintf("process %d: it has no name", process.PID))
		case seen[process.PID]:
			return failed(fmt.Sprintf("process %d: a second one of this number", process.PID))
		case len(found) == maxProcesses:
			return failed(fmt.Sprintf("more than %d processes", maxProcesses))
		case modules > maxModules:
			return failed(fmt.Sprintf("more than %d modules", maxModules))
		}
		seen[process.PID] = true
		found = append(found, tidyProcess(process))
	}
	if token, err := decoder.Token(); err != nil || token != json.Delim(']') {
		return failed("it ends before its array does")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return failed("something follows the array of processes")
	}
	return found, nil
}

// tidyProcess leaves out a time no process can have started at.
func tidyProcess(process exvet.Process) exvet.Process {
	if year := process.Started.Year(); year < 1601 || year > 9999 {
		process.Started = time.Time{}
	}
	process.Started = process.Started.UTC()
	return process
}
