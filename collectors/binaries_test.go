package collectors

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/exvet/exvet"
)

// A naming is facts that name files.
type naming []exvet.Mention

func (n naming) Mentions() iter.Seq[exvet.Mention] { return slices.Values(n) }

// looked gives the table for files that are named, by key, on a copied disk that holds others.
func looked(t *testing.T, files map[string]string, named ...string) (map[string]Binary, exvet.Section) {
	t.Helper()
	var facts naming
	for _, key := range named {
		facts = append(facts, exvet.Mention{Key: key, By: "iis.global_modules:" + key})
	}
	var before []any
	before = append(before, facts)
	table, err := collectBinaries(context.Background(), newDisk(files), slices.Values(before), Options{now: time.Unix(0, 0)})
	byKey := map[string]Binary{}
	if table != nil {
		for _, row := range table.List {
			byKey[row.Key] = row
		}
	}
	return byKey, section("binaries", table != nil, err)
}

func TestBinariesStatus(t *testing.T) {
	whole := map[string]string{"C/Windows/System32/a.dll": "x"}
	for i := range wholeDisk {
		whole[fmt.Sprintf("C/Windows/System32/%d.dll", i)] = "x"
	}
	some := map[string]string{"C/Acme/one.dll": "x", "C/Acme/two.dll": "x", "C/Acme/readme.txt": "x"}
	long := map[string]string{
		"C/Program Files/Acme Gate/gate service.exe": "x", "C/Program Files (x86)/Acme/a.dll": "x",
		"C/Acme/longer name one.dll": "x", "C/Acme/longer name two.dll": "x",
	}
	tests := []struct {
		name  string
		files map[string]string
		key   string
		want  string
	}{
		{"there", some, `c:\acme\one.dll`, "read"},
		{"there, spelled otherwise", map[string]string{"C/ACME/One.DLL": "x"}, `c:\acme\one.dll`, "read"},
		{"not in a folder that was copied", some, `c:\acme\three.dll`, "absent"},
		{"not in a folder with other kinds of files", some, `c:\acme\three.exe`, "not_in_evidence"},
		{"folder not copied", some, `c:\nowhere\one.dll`, "not_in_evidence"},
		{"drive not copied", some, `d:\acme\one.dll`, "not_in_evidence"},
		{"folder missing from a whole disk", whole, `c:\nowhere\one.dll`, "absent"},
		{"another drive than the whole disk", whole, `d:\nowhere\one.dll`, "not_in_evidence"},
		{"another computer", some, `\\server\share\one.dll`, "not_in_evidence"},
		{"a variable", some, `%acme%\one.dll`, "not_in_evidence"},
		{"no drive", some, `one.dll`, "not_in_evidence"},
		{"short folder of Windows", long, `c:\progra~1\acmega~1\gatese~1.exe`, "read"},
		{"short folder, the second", long, `c:\progra~2\acme\a.dll`, "read"},
		{"short name of two", long, `c:\acme\longer~1.dll`, "not_in_evidence"},
		{"below a file", some, `c:\acme\one.dll\two.dll`, "not_in_evidence"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			// A second file keeps the section from being absent.
			test.files["C/Windows/seen.dll"] = "x"
			rows, _ := looked(t, test.files, test.key, `c:\windows\seen.dll`)
			if got := rows[test.key]; got.Status != test.want {
				t.Errorf("got %s %q, want %s", got.Status, got.Reason, test.want)
			}
		})
	}
}

// Of a folder somebody copied one interesting file from, the others are not said to be gone.
func TestBinariesPickedFolder(t *testing.T) {
	rows, state := looked(t, map[string]string{"C/Windows/System32/inetsrv/evil.dll": "x"},
		`c:\windows\system32\inetsrv\evil.dll`, `c:\windows\system32\inetsrv\one.dll`, `c:\windows\system32\inetsrv\two.dll`)
	if got := rows[`c:\windows\system32\inetsrv\one.dll`].Status; got != "not_in_evidence" {
		t.Errorf("got %s, want not_in_evidence", got)
	}
	if state.Status != exvet.Partial || !strings.Contains(fmt.Sprint(state.Missing), "2 of 3 files that iis facts name are not in the evidence") {
		t.Errorf("got %+v", state)
	}
}

func TestBinariesSection(t *testing.T) {
	tests := []struct {
		name  string
		files map[string]string
		named []string
		want  exvet.SectionStatus
		says  string
	}{
		{"nothing named", nil, nil, exvet.Absent, "no other facts name a file"},
		{"nothing copied", map[string]string{"C/Windows/x.ini": "x"}, []string{`c:\acme\a.dll`}, exvet.Absent, "none of the 1 files"},
		{"no image", map[string]string{"C/Acme/a.sdb": "x"}, []string{`c:\acme\a.sdb`}, exvet.Complete, ""},
		{"a folder", map[string]string{"C/Acme/a/b.dll": "x", "C/Acme/c.sdb": "x"}, []string{`c:\acme\a`, `c:\acme\c.sdb`}, exvet.Complete, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, state := looked(t, test.files, test.named...)
			if state.Status != test.want || !strings.Contains(fmt.Sprint(state.Missing), test.says) {
				t.Errorf("got %+v, want %s %q", state, test.want, test.says)
			}
		})
	}
}

// A file that fails to be read, or whose reader panics, costs its own row.
func TestBinariesUnreadable(t *testing.T) {
	for _, panics := range []bool{false, true} {
		files := badFiles{newDisk(map[string]string{"C/Acme/bad.dll": "x", "C/Acme/good.sdb": "x"}).Files(), panics}
		facts := naming{{Key: `c:\acme\bad.dll`, By: "iis.filters:a"}, {Key: `c:\acme\good.sdb`, By: "services.list:b"}}
		table, err := collectBinaries(context.Background(), badHost{newDisk(nil), files}, slices.Values([]any{facts}), Options{})
		if table == nil {
			t.Fatal(err)
		}
		if table.List[0].Status != "unreadable" || table.List[1].Status != "read" {
			t.Errorf("panics %t: got %+v", panics, table.List)
		}
		if table.IIS != (Seen{Named: 1}) || table.Services != (Seen{Named: 1, Read: 1}) {
			t.Errorf("counts: %+v %+v", table.IIS, table.Services)
		}
	}
}

type badHost struct {
	disk
	files fs.FS
}

func (h badHost) Files() fs.FS { return h.files }

type badFiles struct {
	fs.FS
	panics bool
}

func (f badFiles) Open(name string) (fs.File, error) {
	if !strings.HasSuffix(name, "bad.dll") {
		return f.FS.Open(name)
	}
	if f.panics {
		panic("hostile")
	}
	return nil, errors.New("access is denied")
}

func (f badFiles) Stat(name string) (fs.FileInfo, error) { return fs.Stat(f.FS, name) }
