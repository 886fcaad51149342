package main

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/exvet/exvet"
)

// TestCaptureChanged holds a capture to its manifest.
func TestCaptureChanged(t *testing.T) {
	whole := captured(t, filepath.Join(evidence, "tiny"))
	const config = "C/Windows/System32/inetsrv/config/applicationHost.config"
	tests := []struct {
		name   string
		change func(name string, text []byte) []byte // nil leaves the file out
		code   int
		says   string
	}{
		{"as it was", func(_ string, text []byte) []byte { return text }, exvet.ExitFindings, ""},
		{"a file was changed", func(name string, text []byte) []byte {
			if name == config {
				return bytes.ReplaceAll(text, []byte("LocalSystem"), []byte("LocalServic"))
			}
			return text
		}, exvet.ExitInput, config + `" is not what was captured`},
		{"a file was taken out", func(name string, text []byte) []byte {
			if name == config {
				return nil
			}
			return text
		}, exvet.ExitInput, config + `" was captured and is not there`},
		{"the manifest is no JSON", func(name string, text []byte) []byte {
			if name == "exvet/manifest.json" {
				return text[:10]
			}
			return text
		}, exvet.ExitInput, "read exvet/manifest.json"},
		{"the manifest was taken out", func(name string, text []byte) []byte {
			if name == "exvet/manifest.json" {
				return nil
			}
			return text
		}, exvet.ExitFindings, "the capture has no manifest"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out, errs bytes.Buffer
			code := run([]string{"scan", "--fail-on", "low", rewritten(t, whole, test.change)}, nil, &out, &errs)
			if test.code == exvet.ExitFindings && code == exvet.ExitUnknown {
				code = test.code // it was judged
			}
			if code != test.code || !strings.Contains(errs.String(), test.says) {
				t.Errorf("exit code %d, want %d; standard error: %s", code, test.code, errs.String())
			}
			if (test.says == "") != (errs.Len() == 0) {
				t.Errorf("standard error: %s", errs.String())
			}
		})
	}
}

// rewritten writes a zip again with changed files.
func rewritten(t *testing.T, file string, change func(name string, text []byte) []byte) string {
	t.Helper()
	from, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	var b bytes.Buffer
	to := zip.NewWriter(&b)
	for _, held := range from.File {
		content, err := held.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(content)
		if err != nil {
			t.Fatal(err)
		}
		if text = change(held.Name, text); text == nil && !strings.HasSuffix(held.Name, "/") {
			continue
		}
		entry, err := to.Create(held.Name)
		if err == nil {
			_, err = entry.Write(text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	changed := filepath.Join(t.TempDir(), "changed.zip")
	if err := os.WriteFile(changed, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return changed
}
