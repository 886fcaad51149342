package host

import (
	"archive/zip"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// problems checks that each problem contains what is wanted, in order.
func problems(t *testing.T, evidence *Evidence, want []string) {
	t.Helper()
	got := evidence.Problems()
	if len(got) != len(want) {
		t.Fatalf("got problems %q, want %d", got, len(want))
	}
	for i, problem := range got {
		if !strings.Contains(problem.Error(), want[i]) {
			t.Errorf("got problem %q, want %q", problem, want[i])
		}
	}
}

func TestTwoSpellings(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("this machine's files have one spelling")
	}
	files := map[string]string{
		"C/ex/Web.config": "first", "C/ex/web.config": "second",
		"C/EX/owa/a.txt": "one", "C/ex/OWA/b.txt": "two",
		"uploads/auto/C%3A/ex/c.txt": "three",
	}
	inBoth(t, files, func(t *testing.T, evidence *Evidence) {
		for range 2 {
			for name, want := range map[string]string{
				"C/ex/WEB.CONFIG": "first", "C/ex/owa/a.txt": "one", "C/ex/owa/b.txt": "two", "C/ex/c.txt": "three",
			} {
				got, err := fs.ReadFile(evidence.Files(), name)
				if err != nil || string(got) != want {
					t.Errorf("%s: got %q, %v, want %q", name, got, err, want)
				}
			}
		}
		problems(t, evidence, []string{`"C/ex/web.config": ignored, "C/ex/Web.config" has the same name on Windows`})
	})
}

func TestLinks(t *testing.T) {
	outside := inDirectory(t, map[string]string{"secret.txt": "secret", "folder/secret.txt": "secret"})
	top := inDirectory(t, map[string]string{"C/in/a.txt": "inside", "C/in/b.txt": "b", "C/links/": ""})
	for name, target := range map[string]string{
		"C/links/file":   filepath.Join(outside, "secret.txt"),
		"C/links/folder": filepath.Join(outside, "folder"),
		"C/links/up":     "../../../../../../../../../../../../etc",
		"C/links/gone":   "nowhere",
		"C/links/loop":   "loop",
		"C/links/good":   "../in/a.txt",
		"C/links/within": "../in",
		"C/in/round":     "..",
	} {
		if err := os.Symlink(target, filepath.Join(top, name)); err != nil {
			t.Skipf("this machine makes no links: %v", err)
		}
	}
	evidence := opened(t, top, defaults)
	tests := []struct{ name, file, want, wantErr string }{
		{name: "inside", file: "C/links/good", want: "inside"},
		{name: "through a folder inside", file: "C/links/within/a.txt", want: "inside"},
		{name: "file outside", file: "C/links/file", wantErr: "link refused"},
		{name: "folder outside", file: "C/links/folder/secret.txt", wantErr: "link refused"},
		{name: "climbing", file: "C/links/up/passwd", wantErr: "link refused"},
		{name: "to nothing", file: "C/links/gone", wantErr: "link refused"},
		{name: "to itself", file: "C/links/loop", wantErr: "link refused"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := fs.ReadFile(evidence.Files(), test.file)
			if string(got) != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if (err == nil) != (test.wantErr == "") || err != nil && verdict(err) != err.Error() ||
				!strings.Contains(fmt.Sprint(err), test.wantErr) {
				t.Errorf("got error %v, want %q, neither missing nor unseen", err, test.wantErr)
			}
		})
	}
	t.Run("a walk ends", func(t *testing.T) {
		var got []string
		err := fs.WalkDir(evidence.Files(), ".", func(name string, _ fs.DirEntry, err error) error {
			got = append(got, name)
			return err
		})
		mustDo(t, err)
		want := []string{".", "C", "C/in", "C/in/a.txt", "C/in/b.txt", "C/in/round", "C/links", "C/links/good", "C/links/within"}
		if !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
	problems(t, evidence, []string{`"C/links/file"`, `"C/links/folder"`, `"C/links/gone"`, `"C/links/loop"`, `"C/links/up"`})
}

func TestZipNames(t *testing.T) {
	name := writeZip(t, func(w *zip.Writer) {
		add := func(header zip.FileHeader, text string) {
			part, err := w.CreateHeader(&header)
			mustDo(t, err)
			_, err = io.WriteString(part, text)
			mustDo(t, err)
		}
		for _, name := range []string{
			"C/good.txt", "../evil.txt", "C/../../evil.txt", `C\..\evil.txt`, "/C/evil.txt", `\evil.txt`, "C/nul\x00.txt",
			`C\Program Files\App\b.txt`, "./C/./c.txt", "C/good.txt", "C/good.txt/below.txt", "C/Program Files",
			"C/" + strings.Repeat("d/", 300) + "deep.txt",
		} {
			add(zip.FileHeader{Name: name}, name)
		}
		add(zip.FileHeader{Name: "C/gr\x81n.txt", NonUTF8: true}, "umlaut")
		add(zip.FileHeader{Name: "C/folder" + `\`}, "")
		link := zip.FileHeader{Name: "C/link"}
		link.SetMode(fs.ModeSymlink | 0o777)
		add(link, "/etc/passwd")
	})
	evidence := opened(t, name, defaults)
	problems(t, evidence, []string{
		`"../evil.txt": entry refused: leads outside`, `"C/../../evil.txt": entry refused: leads outside`,
		`"C\\..\\evil.txt": entry refused: leads outside`, `"/C/evil.txt": entry refused: an absolute path`,
		`"\\evil.txt": entry refused: an absolute path`, `entry refused: unreadable name`,
		`"C/good.txt": entry refused: a second one`, `"C/good.txt/below.txt": entry refused: a file has the name of its folder`,
		`"C/Program Files": entry refused: a folder has this name`, `entry refused: too many folders deep`,
		`"C/link": entry refused: a link or device`,
	})
	var got []string
	err := fs.WalkDir(evidence.Files(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			got = append(got, name)
		}
		return err
	})
	mustDo(t, err)
	want := []string{"C/Program Files/App/b.txt", "C/c.txt", "C/good.txt", "C/grün.txt"}
	if !slices.Equal(got, want) {
		t.Errorf("got files %q, want %q", got, want)
	}
}

func TestLimits(t *testing.T) {
	small := limits{entries: 20, index: 4096, file: 4 << 20, small: 1 << 20, ratio: 100}
	many := map[string]string{}
	for i := range 21 {
		many[fmt.Sprintf("C/%02d", i)] = ""
	}
	long := map[string]string{}
	for i := range 15 {
		long["C/"+strings.Repeat(string(rune('a'+i)), 500)] = ""
	}
	folders := map[string]string{"C/" + strings.Repeat("d/", 30) + "x": ""}
	zeros := strings.Repeat("\x00", 5<<20)
	tests := []struct {
		name, source, file, want string
	}{
		{name: "zip with too many entries", source: inZip(t, many), want: "too many names: more than 20"},
		{name: "zip with too large a directory", source: inZip(t, long), want: "the zip's directory is too large"},
		{name: "zip with too many folders", source: inZip(t, folders), want: "too many names: more than 20"},
		{name: "folder with too many names", source: inDirectory(t, many), file: "C/01", want: "too many names: more than 20"},
		{name: "large file", source: inDirectory(t, map[string]string{"C/a": zeros}), file: "C/a", want: "file is larger than 4194304 bytes"},
		{name: "large file in a zip", source: inZip(t, map[string]string{"C/a": zeros}), file: "C/a", want: "file is larger than 4194304 bytes"},
		{name: "bomb", source: inZip(t, map[string]string{"C/a": zeros[:3<<20]}), file: "C/a", want: "packed 100 to 1 or more"},
		{name: "tight but small", source: inZip(t, map[string]string{"C/a": zeros[:1<<20]}), file: "C/a"},
		{name: "encrypted", source: flagged(t), file: "C/a", want: "file is encrypted"},
		{name: "lying size", source: lying(t), file: "C/a", want: "read C/a: zip: "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			evidence, err := open(test.source, small)
			if err == nil {
				_, err = fs.ReadFile(evidence.Files(), test.file)
				mustDo(t, evidence.Close())
			}
			if (err == nil) != (test.want == "") || !strings.Contains(fmt.Sprint(err), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// flagged is a zip whose file says it is encrypted.
func flagged(t *testing.T) string {
	return writeZip(t, func(w *zip.Writer) {
		part, err := w.CreateRaw(&zip.FileHeader{Name: "C/a", Flags: 1, CompressedSize64: 3, UncompressedSize64: 3})
		mustDo(t, err)
		_, err = io.WriteString(part, "abc")
		mustDo(t, err)
	})
}

// lying is a zip whose file unpacks to more than it declares.
func lying(t *testing.T) string {
	return writeZip(t, func(w *zip.Writer) {
		part, err := w.CreateRaw(&zip.FileHeader{Name: "C/a", CompressedSize64: 1000, UncompressedSize64: 10})
		mustDo(t, err)
		_, err = io.WriteString(part, strings.Repeat("x", 1000))
		mustDo(t, err)
	})
}

// TestLimitWhileReading shows a file that grows after it was opened stop at the limit.
func TestLimitWhileReading(t *testing.T) {
	top := inDirectory(t, map[string]string{"C/log.txt": "0123456789"})
	evidence := opened(t, top, limits{entries: 100, file: 16})
	file, err := evidence.Files().Open("C/log.txt")
	mustDo(t, err)
	defer file.Close()
	mustDo(t, os.WriteFile(filepath.Join(top, "C", "log.txt"), make([]byte, 100), 0o600))
	_, err = io.ReadAll(file)
	if err == nil || !strings.Contains(err.Error(), "file is larger than 16 bytes") {
		t.Errorf("got %v, want the limit", err)
	}
}

// A broken source fails where a disk does.
type broken struct{ source }

func (b broken) list(folder string) ([]entry, error) {
	if folder == "C/bad" {
		return nil, fmt.Errorf("read %s: %w", folder, fs.ErrNotExist)
	}
	return []entry{{name: "bad", folder: true}, {name: "good.txt"}, {name: "pipe", refused: fs.ErrInvalid}}, nil
}

func (b broken) open(string, int64) (fs.File, error) { return nil, fs.ErrNotExist }

func (b broken) problems() []error { return nil }

// What cannot be read must not pass for what is not there: rules would call the server clean.
func TestUnreadableIsNotMissing(t *testing.T) {
	files := newTree(broken{}, defaults)
	files.mount(map[string][]string{"C": {"C"}})
	for _, name := range []string{"C/bad/web.config", "C/bad/a/b", "C/good.txt", "C/pipe"} {
		t.Run(name, func(t *testing.T) {
			_, err := files.Open(name)
			if got := verdict(err); got == "found" || got == "does not exist" || got == "no evidence" {
				t.Errorf("got %q (%v), want another error", got, err)
			}
		})
	}
}

func TestNothingIsWritten(t *testing.T) {
	top := inDirectory(t, map[string]string{"C/a/b.txt": "b"})
	old := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, name := range []string{"C/a/b.txt", "C/a", "C", "."} {
		mustDo(t, os.Chtimes(filepath.Join(top, name), old, old))
	}
	evidence := opened(t, top, defaults)
	_, err := fs.ReadFile(evidence.Files(), "C/a/b.txt")
	mustDo(t, err)
	mustDo(t, filepath.WalkDir(top, func(name string, entry fs.DirEntry, err error) error {
		mustDo(t, err)
		info, err := entry.Info()
		mustDo(t, err)
		if !info.ModTime().Equal(old) {
			t.Errorf("%s changed", name)
		}
		return nil
	}))
}
