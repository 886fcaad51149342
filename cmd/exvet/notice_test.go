package main

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/licensecheck"
)

var licences = flag.String("licences", "", "write the licences of everything in the program to this file")

// A linked is a module that is linked into the program, with the files that say under which licence.
type linked struct {
	dir   string
	files map[string]string // text by name below the module
}

// licenceFile is what files are called that hold a licence or what it asks to be passed on.
var licenceFile = regexp.MustCompile(`(?i)^(licen[sc]e|notice|copying|copyright|patents|unlicense)`)

const (
	noticeBegins = "Software in the program\n=======================\n"
	noticeEnds   = "The texts of these licences are in LICENSES.txt of a release.\n"
)

// TestNotice holds NOTICE to what is linked into the program for Linux and Windows: each module stands there with its licence.
// `make docs` writes them.
func TestNotice(t *testing.T) {
	modules := linkedModules(t)
	var list bytes.Buffer
	for _, path := range slices.Sorted(maps.Keys(modules)) {
		names := modules[path].licences(t, path)
		fmt.Fprintf(&list, "- %s: %s\n", path, strings.Join(names, ", "))
	}
	file := filepath.Join("..", "..", "NOTICE")
	notice, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(notice), noticeBegins)
	_, after, ends := strings.Cut(rest, noticeEnds)
	if !begins || !ends {
		t.Fatalf("NOTICE has no part that begins %q and ends %q", noticeBegins, noticeEnds)
	}
	want := before + noticeBegins + "\n" + list.String() + "\n" + noticeEnds + after
	if want != string(notice) {
		if *update {
			if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		} else {
			t.Errorf("NOTICE does not list what is linked into the program; run make docs. Want:\n%s", list.String())
		}
	}
	if *licences != "" {
		if err := os.WriteFile(*licences, licenceTexts(modules), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// linkedModules lists what is linked into the program on either system, Go's own library among it.
func linkedModules(t *testing.T) map[string]linked {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatalf("go env: %v", err)
	}
	library := linked{dir: strings.TrimSpace(string(root)), files: map[string]string{}}
	library.read(t, library.dir)
	modules := map[string]linked{"Go": library}
	for _, system := range []string{"linux", "windows"} {
		list := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}|{{.Dir}}|{{$.Dir}}{{end}}{{end}}", ".")
		list.Env = append(os.Environ(), "GOOS="+system, "GOFLAGS=-mod=readonly", "CGO_ENABLED=0")
		out, err := list.Output()
		if err != nil {
			t.Fatalf("go list: %v", err)
		}
		for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
			parts := strings.Split(lines.Text(), "|")
			if len(parts) != 3 {
				continue
			}
			module, known := modules[parts[0]]
			if !known {
				module = linked{dir: parts[1], files: map[string]string{}}
				modules[parts[0]] = module
			}
			// A package may hold what was taken from elsewhere, with a licence of its own.
			for dir := parts[2]; strings.HasPrefix(dir, module.dir); dir = filepath.Dir(dir) {
				module.read(t, dir)
			}
		}
	}
	return modules
}

// read takes the licence files of one folder.
func (l linked) read(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if entry.IsDir() || filepath.Ext(entry.Name()) == ".go" || !licenceFile.MatchString(entry.Name()) {
			continue
		}
		name, err := filepath.Rel(l.dir, filepath.Join(dir, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		text, err := fs.ReadFile(os.DirFS(dir), entry.Name())
		if err != nil {
			t.Fatal(err)
		}
		l.files[filepath.ToSlash(name)] = string(text)
	}
}

// accepted are the licences under which software may be linked into the program and passed on with it. MPL-2.0 asks that whoever has
// the program is told where the sources are, which NOTICE does.
var accepted = []string{"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MPL-2.0", "Unlicense", "Zlib"}

// licences names what the module is under. A module without a licence, or with one nobody has looked at in any of its files, is an error.
func (l linked) licences(t *testing.T, path string) []string {
	t.Helper()
	var names []string
	for _, name := range slices.Sorted(maps.Keys(l.files)) {
		for _, match := range licensecheck.Scan([]byte(l.files[name])).Match {
			if match.IsURL || aside(path, name, match.ID) || slices.Contains(names, match.ID) {
				continue
			}
			if !slices.Contains(accepted, match.ID) {
				t.Errorf("%s has %s in %s, which is none of %s; look at it", path, match.ID, name, strings.Join(accepted, ", "))
			}
			names = append(names, match.ID)
		}
	}
	if len(names) == 0 {
		t.Errorf("%s is under no licence that is known; look at %s", path, l.dir)
	}
	slices.Sort(names)
	return names
}

// aside reports whether a licence binds nobody who has the program: a grant of patents, that of a documentation, or of what only the
// module's own tests use.
func aside(path, file, id string) bool {
	return id == "GooglePatentsFile" || path == "github.com/opencontainers/go-digest" && file == "LICENSE.docs" ||
		path == "modernc.org/sqlite" && file == "LICENSE-3RD-PARTY.md" && id == "MPL-2.0"
}

func licenceTexts(modules map[string]linked) []byte {
	var b bytes.Buffer
	b.WriteString("exvet is under the Apache License, Version 2.0: see LICENSE. It is linked with the software below.\n")
	for _, path := range slices.Sorted(maps.Keys(modules)) {
		for _, name := range slices.Sorted(maps.Keys(modules[path].files)) {
			fmt.Fprintf(&b, "\n%s\n%s: %s\n%s\n\n%s\n", strings.Repeat("=", 100), path, name, strings.Repeat("-", 100), strings.TrimSpace(modules[path].files[name]))
		}
	}
	return b.Bytes()
}
