package host

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/exvet/exvet"
)

// inDirectory lays files out in a folder. A name that ends in a slash is an empty folder.
func inDirectory(t *testing.T, files map[string]string) string {
	t.Helper()
	top := t.TempDir()
	for name, text := range files {
		at := filepath.Join(top, filepath.FromSlash(name))
		if strings.HasSuffix(name, "/") {
			mustDo(t, os.MkdirAll(at, 0o755))
			continue
		}
		mustDo(t, os.MkdirAll(filepath.Dir(at), 0o755))
		mustDo(t, os.WriteFile(at, []byte(text), 0o600))
	}
	return top
}

// inZip packs files, in the order of their names.
func inZip(t *testing.T, files map[string]string) string {
	t.Helper()
	var names []string
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	return writeZip(t, func(w *zip.Writer) {
		for _, name := range names {
			part, err := w.Create(name)
			mustDo(t, err)
			_, err = io.WriteString(part, files[name])
			mustDo(t, err)
		}
	})
}

func writeZip(t *testing.T, fill func(*zip.Writer)) string {
	t.Helper()
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	fill(w)
	mustDo(t, w.Close())
	name := filepath.Join(t.TempDir(), "evidence.zip")
	mustDo(t, os.WriteFile(name, packed.Bytes(), 0o600))
	return name
}

func mustDo(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// opened opens evidence and closes it with the test.
func opened(t *testing.T, name string, limits limits) *Evidence {
	t.Helper()
	evidence, err := open(name, limits)
	mustDo(t, err)
	t.Cleanup(func() { mustDo(t, evidence.Close()) })
	return evidence
}

// inBoth runs a test on the same files in a directory and in a zip.
func inBoth(t *testing.T, files map[string]string, test func(*testing.T, *Evidence)) {
	t.Run("directory", func(t *testing.T) { test(t, opened(t, inDirectory(t, files), defaults)) })
	t.Run("zip", func(t *testing.T) { test(t, opened(t, inZip(t, files), defaults)) })
}

func TestOpenDrives(t *testing.T) {
	tests := []struct {
		name  string
		files []string
		want  []string
	}{
		{name: "letter", files: []string{"C/a"}, want: []string{"C"}},
		{name: "small letter", files: []string{"e/a"}, want: []string{"E"}},
		{name: "underscore", files: []string{"C_/a", "D_/a"}, want: []string{"C", "D"}},
		{name: "escaped colon", files: []string{"C%3A/a", "d%3a/a"}, want: []string{"C", "D"}},
		{name: "colon", files: []string{"c:/a"}, want: []string{"C"}},
		{name: "below uploads", files: []string{"uploads/auto/C%3A/a", "uploads/auto/E%3A/b", "log.json"}, want: []string{"C", "E"}},
		{name: "wrapped", files: []string{"EX01-2026/C/a", "readme.txt"}, want: []string{"C"}},
		{name: "wrapped uploads", files: []string{"EX01/uploads/auto/C%3A/a"}, want: []string{"C"}},
		{name: "at the top and below uploads", files: []string{"C/a", "uploads/auto/D%3A/a"}, want: []string{"C", "D"}},
		{name: "other folders beside", files: []string{"C/a", "CC/a", "exvet/a", "1/a", "D"}, want: []string{"C"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			files := map[string]string{}
			for _, name := range test.files {
				files[name] = "x"
			}
			inBoth(t, files, func(t *testing.T, evidence *Evidence) {
				entries, err := fs.ReadDir(evidence.Files(), ".")
				mustDo(t, err)
				var got []string
				for _, entry := range entries {
					got = append(got, entry.Name())
				}
				if !slices.Equal(got, test.want) {
					t.Errorf("got drives %q, want %q", got, test.want)
				}
				if evidence.Kind() != exvet.EvidenceHost {
					t.Errorf("got kind %q", evidence.Kind())
				}
			})
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	text := filepath.Join(inDirectory(t, map[string]string{"a.zip": "this is no zip"}), "a.zip")
	tests := []struct{ name, source, want string }{
		{name: "nothing there", source: filepath.Join(t.TempDir(), "none"), want: "no such file"},
		{name: "no zip", source: text, want: "not a valid zip file"},
		{name: "empty directory", source: t.TempDir(), want: "holds nothing"},
		{name: "empty zip", source: inZip(t, nil), want: "holds nothing"},
		{name: "no drive folder", source: inDirectory(t, map[string]string{"etc/passwd": ""}), want: "no drive folder"},
		{name: "zip without drive folder", source: inZip(t, map[string]string{"aa/b": "", "bb/c": ""}), want: "no drive folder"},
		{name: "drive itself", source: inDirectory(t, map[string]string{"Windows/a": "", "inetpub/": ""}), want: "is a drive itself"},
		{name: "drive name is a file", source: inDirectory(t, map[string]string{"C": ""}), want: "no drive folder"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			evidence, err := Open(test.source)
			if err == nil {
				mustDo(t, evidence.Close())
			}
			var refusal *exvet.Refusal
			if !errors.As(err, &refusal) || refusal.Code != exvet.ExitInput || refusal.Reason != "source/not-evidence" {
				t.Fatalf("got %v, want a refusal", err)
			}
			if !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "pass ") {
				t.Errorf("got %q, want it to say %q and what to pass", err, test.want)
			}
		})
	}
}

func TestFiles(t *testing.T) {
	files := map[string]string{
		"C_/inetpub/wwwroot/iisstart.htm":     "start",
		"C_/inetpub/wwwroot/Web.Config":       "root",
		"C_/ex/owa/web.config":                "owa",
		"C_/ex/full/web.config":               "full",
		"C_/ex/full/logon.aspx":               "page",
		"C_/ex/full/deeper/sub/web.config":    "sub",
		"C_/ex/full/deeper/sub/other.config":  "sub",
		"C_/Windows/System32/inetsrv/iis.dll": "iis",
		"d%3A/x.txt":                          "x",
	}
	const found, notExist, noEvidence = "found", "does not exist", "no evidence"
	tests := []struct{ name, file, want, text string }{
		{name: "file", file: "C/ex/owa/web.config", want: found, text: "owa"},
		{name: "any case", file: "c/INETPUB/WwwRoot/WEB.config", want: found, text: "root"},
		{name: "dots and spaces at the end", file: "C/ex./owa /web.config.", want: found, text: "owa"},
		{name: "second drive", file: "D/X.TXT", want: found, text: "x"},
		{name: "missing file in a copied folder", file: "C/ex/full/none.dll", want: notExist},
		{name: "missing config in a selective folder", file: "C/ex/owa/none.config", want: notExist},
		{name: "missing config in a folder of folders", file: "C/ex/web.config", want: notExist},
		{name: "below a missing folder of a selective one", file: "C/ex/owa/auth/web.config", want: noEvidence},
		{name: "far below a missing folder of a selective one", file: "C/ex/owa/auth/15.2/x/web.config", want: noEvidence},
		{name: "below a missing folder of a copied one", file: "C/ex/full/auth/web.config", want: notExist},
		{name: "below a missing folder of a folder of folders", file: "C/ex/ecp/web.config", want: noEvidence},
		{name: "nearest folder that exists decides", file: "C/ex/full/deeper/sub/none/web.config", want: noEvidence},
		{name: "missing folder of a drive with a file", file: "D/none/web.config", want: notExist},
		{name: "missing drive", file: "E", want: noEvidence},
		{name: "below a missing drive", file: "E/Exchange/web.config", want: noEvidence},
		{name: "no drive", file: "Windows/System32", want: noEvidence},
		{name: "short name", file: "C/INETPU~1/wwwroot/web.config", want: noEvidence},
		{name: "short name in a copied folder", file: "C/inetpub/wwwroot/IISSTA~1.HTM", want: noEvidence},
		{name: "below a file", file: "D/x.txt/web.config", want: notExist},
		{name: "climbing", file: "C/../C/x", want: "invalid"},
		{name: "absolute", file: "/C/x", want: "invalid"},
		{name: "empty", file: "", want: "invalid"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inBoth(t, files, func(t *testing.T, evidence *Evidence) {
				text, err := fs.ReadFile(evidence.Files(), test.file)
				if got := verdict(err); got != test.want || string(text) != test.text {
					t.Errorf("got %q %q (%v), want %q %q", got, text, err, test.want, test.text)
				}
				_, err = fs.Stat(evidence.Files(), test.file)
				if got := verdict(err); got != test.want {
					t.Errorf("stat: got %q (%v), want %q", got, err, test.want)
				}
			})
		})
	}
}

// verdict names what an error says of a file; it fails to be one thing when it says two.
func verdict(err error) string {
	missing, unseen := errors.Is(err, fs.ErrNotExist), errors.Is(err, exvet.ErrNoEvidence)
	switch {
	case err == nil:
		return "found"
	case missing && !unseen:
		return "does not exist"
	case unseen && !missing:
		return "no evidence"
	case errors.Is(err, fs.ErrInvalid):
		return "invalid"
	default:
		return err.Error()
	}
}

func TestReadDirOfMissingFolder(t *testing.T) {
	files := map[string]string{"C/ex/web.config": "", "C/full/a.txt": ""}
	tests := []struct{ folder, want string }{
		{folder: "C/ex", want: "found"},
		{folder: "C/ex/owa", want: "no evidence"},
		{folder: "C/full/owa", want: "does not exist"},
		{folder: "D", want: "no evidence"},
		{folder: "C/ex/web.config", want: "readdir C/ex/web.config: not a folder"},
	}
	for _, test := range tests {
		t.Run(test.folder, func(t *testing.T) {
			inBoth(t, files, func(t *testing.T, evidence *Evidence) {
				_, err := fs.ReadDir(evidence.Files(), test.folder)
				if got := verdict(err); got != test.want {
					t.Errorf("got %q (%v), want %q", got, err, test.want)
				}
			})
		})
	}
}

// TestFS lets the standard library check that Files keeps the contract of fs.FS.
func TestFS(t *testing.T) {
	files := map[string]string{
		"c:/Windows/System32/a.dll": "dll", "c:/Windows/web.config": "web", "c:/empty/": "", "E/Exchange/Bin/b.exe": "exe",
	}
	inBoth(t, files, func(t *testing.T, evidence *Evidence) {
		if err := fstest.TestFS(evidence.Files(), "C/Windows/System32/a.dll", "C/Windows/web.config", "C/empty", "E/Exchange/Bin/b.exe"); err != nil {
			t.Error(err)
		}
		if problems := evidence.Problems(); len(problems) > 0 {
			t.Errorf("got problems %q, want none", problems)
		}
	})
}
