package host

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzArchive opens a damaged zip of a server, reads every file in it and what lies in its folder exvet.
func FuzzArchive(f *testing.F) {
	for _, files := range []map[string]string{
		{"C/Windows/a.txt": "a", "C/Program Files/b.txt": strings.Repeat("b", 500), "exvet/processes.json": `[{"pid": 4, "name": "a.exe"}]`},
		{
			"C/a.txt": "a", "exvet/index.json": `{"format": 1, "live": true, "folders": [{"path": "C:\\", "entries": [{"name": "a.txt"}]}], "keys": [{"path": "HKLM\\A", "keys": ["B"]}]}`,
			"exvet/manifest.json": `{"format": 1, "files": [{"name": "C/a.txt", "size": 1, "sha256": "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"}]}`,
		},
	} {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		for name, text := range files {
			part, err := w.Create(name)
			if err == nil {
				_, err = io.WriteString(part, text)
			}
			if err != nil {
				f.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	name := filepath.Join(f.TempDir(), "evidence.zip")
	small := limits{entries: 200, index: 1 << 16, file: 1 << 20, log: 1 << 20, small: 1 << 16, ratio: 100}
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		evidence, err := open(name, small)
		if err != nil {
			return
		}
		defer evidence.Close()
		left := 50
		_ = fs.WalkDir(evidence.Files(), ".", func(at string, entry fs.DirEntry, err error) error {
			if strings.Contains(at, "..") && !fs.ValidPath(at) {
				t.Errorf("a name that leads outside: %q", at)
			}
			if left--; left < 0 {
				return fs.SkipAll
			}
			if err == nil && !entry.IsDir() {
				text, _ := fs.ReadFile(evidence.Files(), at)
				if int64(len(text)) > small.file {
					t.Errorf("%d bytes of %q are more than the limit", len(text), at)
				}
			}
			return nil
		})
		_, _ = evidence.Processes(context.Background())
		_, _ = evidence.Registry().Key(`HKLM\A`)
		_ = evidence.Problems()
	})
}

// FuzzEventXML reads events as the event log service renders them.
func FuzzEventXML(f *testing.F) {
	f.Add(eventHead + `<EventData Name="x"><Data Name='Pool'>a &lt; b</Data><Binary>00FF</Binary></EventData></Event>`)
	f.Add(eventHead + "<UserData><E xmlns='u'><A>1</A><B><C>2</C>\n</B></E></UserData></Event>")
	f.Fuzz(func(t *testing.T, text string) {
		event, _, err := readEventXML(text)
		if err == nil && len(event.Strings) > maxEventStrings {
			t.Errorf("%d strings", len(event.Strings))
		}
	})
}

// FuzzProcesses reads lists of processes.
func FuzzProcesses(f *testing.F) {
	f.Add([]byte(`[{"pid": 4, "parent": 1, "name": "w3wp.exe", "image": "C:\\a.exe", "command_line": "-ap x", "started": "2026-11-20T08:00:00Z", "modules": ["C:\\b.dll"]}]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		list, _ := readProcesses(context.Background(), text)
		seen := map[int]bool{}
		for _, process := range list {
			if seen[process.PID] || process.Name == "" {
				t.Errorf("process %d twice, or without a name", process.PID)
			}
			seen[process.PID] = true
		}
	})
}
