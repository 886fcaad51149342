package host

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/evtx"
)

// logFolder is where Windows keeps its event logs.
const logFolder = "System32/winevt/Logs"

// Events reads the files Windows keeps a log in, those it archived when they were full, and events/*.json in the folder
// exvet at the top of the evidence: arrays of exvet.Event. A log that lies in none of them is exvet.ErrNoEvidence. A
// file that cannot be read ends in an error when the others have been read.
func (e *Evidence) Events(ctx context.Context, query exvet.EventQuery) iter.Seq2[exvet.Event, error] {
	if e.index != nil {
		return e.capturedEvents(ctx, query)
	}
	return e.events(ctx, query, logFiles(e.files, query.Log), e.exportFolders())
}

// events reads some files of a log, and the exports in some folders.
func (e *Evidence) events(ctx context.Context, query exvet.EventQuery, logs, exports []string) iter.Seq2[exvet.Event, error] {
	return func(yield func(exvet.Event, error) bool) {
		stopped := false
		pass := func(event exvet.Event, err error) bool {
			stopped = !yield(event, err)
			return !stopped
		}
		held, failures := false, []error{}
		for _, name := range logs {
			held = true
			if err := readLog(ctx, e.files, name, e.files.limits.log, query, pass); err != nil {
				failures = append(failures, fmt.Errorf("read %s: %w", exvet.WindowsPath(name), err))
			}
			if stopped {
				return
			}
		}
		found, err := e.readExports(ctx, exports, query, pass)
		if err != nil {
			failures = append(failures, err)
		}
		switch {
		case stopped:
		case len(failures) > 0:
			yield(exvet.Event{}, errors.Join(failures...))
		case !held && !found:
			yield(exvet.Event{}, fmt.Errorf("event log %q: %w", query.Log, exvet.ErrNoEvidence))
		}
	}
}

// logFiles gives the files of a log: the one in use, and those Windows archived.
func logFiles(disks fs.FS, log string) []string {
	name := fold(strings.ReplaceAll(log, "/", "%4"))
	var files []string
	for _, folder := range logFolders(disks) {
		entries, _ := fs.ReadDir(disks, folder)
		for _, entry := range entries {
			base, isLog := strings.CutSuffix(fold(entry.Name()), ".evtx")
			if isLog && !entry.IsDir() && (base == name || strings.HasPrefix(base, "archive-"+name+"-")) {
				files = append(files, path.Join(folder, entry.Name()))
			}
		}
	}
	return files
}

// logFolders gives the folders that hold event logs: that of Windows on each drive.
func logFolders(disks fs.FS) []string {
	var folders []string
	drives, _ := fs.ReadDir(disks, ".")
	for _, drive := range drives {
		for _, windows := range []string{"Windows", "WINNT"} {
			folder := path.Join(drive.Name(), windows, logFolder)
			if info, err := fs.Stat(disks, folder); err == nil && info.IsDir() {
				folders = append(folders, folder)
			}
		}
	}
	return folders
}

// readLog reads one file. An error of the file itself is given back, so that it does not end the others.
func readLog(
	ctx context.Context, files disk, name string, limit int64, query exvet.EventQuery, yield func(exvet.Event, error) bool,
) error {
	file, err := files.openUpTo(name, limit)
	if err != nil {
		return errors.New(reason(err))
	}
	defer file.Close()
	if tell := query.Seen; tell != nil {
		query.Seen = func(log exvet.EventLog) {
			log.File = exvet.WindowsPath(name)
			tell(log)
		}
	}
	for event, err := range evtx.Read(ctx, file, query) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return errors.New(reason(err))
		}
		if !yield(event, nil) {
			return nil
		}
	}
	return nil
}

// exportFolders gives the folders exported events may lie in: at the top of the evidence, or below the single folder
// that wraps everything.
func (e *Evidence) exportFolders() []string {
	tops := []string{""}
	top, _ := e.files.from.list("")
	if folders := slices.DeleteFunc(slices.Clone(top), notFolder); len(folders) == 1 {
		tops = append(tops, folders[0].name)
	}
	var found []string
	for _, at := range tops {
		for _, part := range []string{"exvet", "events"} {
			at = e.child(at, part)
			if at == "" {
				break
			}
		}
		if at != "" {
			found = append(found, at)
		}
	}
	return found
}

// child gives the folder of a name, in any case, in a folder of the source, or "".
func (e *Evidence) child(folder, name string) string {
	entries, _ := e.files.from.list(folder)
	for _, entry := range entries {
		if entry.folder && entry.refused == nil && fold(entry.name) == name {
			return path.Join(folder, entry.name)
		}
	}
	return ""
}
