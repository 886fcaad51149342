package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/term"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/report"
)

// An output is one -o FORMAT[=FILE]: where a report goes, and how. No file is standard output.
type output struct{ format, file string }

// parseOutputs reads the values of -o, each of a format the command has. None is text on standard output.
func parseOutputs(values, formats []string) ([]output, error) {
	if len(values) == 0 {
		return []output{{format: "text"}}, nil
	}
	var outputs []output
	for _, value := range values {
		format, file, named := strings.Cut(value, "=")
		if !slices.Contains(formats, format) {
			return nil, exvet.Refuse("usage/format", "unknown format %q: use one of %s", format, strings.Join(formats, ", "))
		}
		if named && file == "" {
			return nil, exvet.Refuse("usage/output", "-o %s names no file; write -o %s=FILE, or -o %s for standard output", value, format, format)
		}
		for _, other := range outputs {
			if other.file == file && file == "" {
				return nil, exvet.Refuse("usage/output", "-o %s and -o %s both go to standard output; give one a file: -o %s=FILE",
					other.format, format, format)
			}
			if other.file == file {
				return nil, exvet.Refuse("usage/output", "-o %s and -o %s both go to %q", other.format, format, file)
			}
		}
		outputs = append(outputs, output{format, file})
	}
	return outputs, nil
}

// textOnScreen reports whether a reader sees the text report, and so what is missing.
func textOnScreen(outputs []output) bool { return slices.Contains(outputs, output{format: "text"}) }

// writeReport renders every output before it writes the first, so that a failure leaves nothing behind.
func writeReport(stdout io.Writer, r *exvet.Report, outputs []output, screen, plain report.Options) error {
	rendered := make([]bytes.Buffer, len(outputs))
	for i, o := range outputs {
		options := plain
		if o.file == "" {
			options = screen
		}
		if err := report.Write(&rendered[i], o.format, r, options); err != nil {
			return err
		}
	}
	for i, o := range outputs {
		if err := deliver(stdout, o.file, rendered[i].Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// deliver writes to a file, or to standard output where none is named. A file is replaced whole or left as it
// was; what is no regular file (a device, a pipe) is written to.
func deliver(stdout io.Writer, file string, content []byte) error {
	if file == "" {
		_, err := stdout.Write(content)
		return err
	}
	if info, err := os.Stat(file); err == nil && !info.Mode().IsRegular() {
		return refuseOutput(file, os.WriteFile(file, content, 0o666))
	}
	name := filepath.Join(filepath.Dir(file), fmt.Sprintf(".%s.%d.tmp", filepath.Base(file), os.Getpid()))
	temporary, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666) // less what umask takes
	if err != nil {
		return refuseOutput(file, err)
	}
	_, err = temporary.Write(content)
	if closed := temporary.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(name, file)
	}
	if err != nil {
		_ = os.Remove(name)
	}
	return refuseOutput(file, err)
}

func refuseOutput(file string, err error) error {
	if err == nil {
		return nil
	}
	return &exvet.Refusal{Code: exvet.ExitFailure, Reason: "output/unwritable", Err: writeError{file, err}}
}

// A writeError names the file the user asked for, where the cause names a temporary one.
type writeError struct {
	file string
	err  error
}

func (e writeError) Error() string { return "write \"" + e.file + "\": " + cause(e.err).Error() }
func (e writeError) Unwrap() error { return e.err }

// cause is the innermost error: "permission denied" without the path.
func cause(err error) error {
	for {
		wrapper, ok := err.(interface{ Unwrap() error })
		if !ok || wrapper.Unwrap() == nil {
			return err
		}
		err = wrapper.Unwrap()
	}
}

// screenOptions fits a report to the terminal stdout is, if it is one.
func screenOptions(stdout io.Writer, noColor bool) report.Options {
	file, ok := stdout.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return report.Options{}
	}
	var options report.Options
	if width, _, err := term.GetSize(int(file.Fd())); err == nil {
		options.Width = min(width, 160)
	}
	// The old console of Windows shows escape sequences as text unless asked; Windows Terminal does not.
	old := runtime.GOOS == "windows" && os.Getenv("WT_SESSION") == ""
	options.Color = !noColor && !old && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	return options
}
