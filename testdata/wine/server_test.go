package wine_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Where Debian has Wine.
const (
	wine       = "/usr/lib/wine/wine64"
	wineServer = "/usr/lib/wine/wineserver"
)

// A server is a made Windows server: a Wine prefix of its own, with what an example server holds on its disks, in its
// registry and in its event logs.
type server struct {
	t      *testing.T
	prefix string
	own    bool     // event logs are files, and Wine's own library stands for their service
	more   []string // of the environment
}

// newServer makes a server of the evidence testdata/evidence/<like>, and keeps it running until the test ends. more is put into the
// environment of all that runs there.
func newServer(t *testing.T, like string, more ...string) *server {
	t.Helper()
	needWine(t)
	t.Parallel() // each server has its own Wine, and waits most of the time
	s := &server{t: t, prefix: filepath.Join(made.base, "servers", fmt.Sprintf("%s-%d", t.Name(), os.Getpid())), more: more}
	s.check(os.MkdirAll(filepath.Dir(s.prefix), 0o755))
	// Links, for a prefix is 700 MB; what Wine writes in place is copied.
	s.check(exec.Command("cp", "-al", filepath.Join(made.base, "prefix"), s.prefix).Run())
	t.Cleanup(func() {
		_ = s.command(wineServer, "-k").Run()
		_ = s.command(wineServer, "-w").Run()
		_ = os.RemoveAll(s.prefix)
	})
	for _, name := range []string{"system.reg", "user.reg", "userdef.reg"} {
		s.copyFile(filepath.Join(made.base, "prefix", name), filepath.Join(s.prefix, name))
	}
	s.check(s.command(wineServer, "-p").Run()) // or Wine forgets accounts that are not logged on
	evidence := filepath.Join("..", "evidence", like)
	s.copyTree(filepath.Join(evidence, "C"), filepath.Join(s.prefix, "drive_c"))
	for _, drive := range []string{"d", "e"} {
		s.copyTree(filepath.Join(evidence, strings.ToUpper(drive)), filepath.Join(s.prefix, "drive_"+drive))
		s.check(os.Symlink("../drive_"+drive, filepath.Join(s.prefix, "dosdevices", drive+":")))
	}
	for _, folder := range []string{"run", "events"} {
		s.check(os.MkdirAll(s.unix(`C:\`+folder), 0o755))
	}
	s.copyFile(filepath.Join(made.base, "bin", "wevtapi.dll"), s.unix(`C:\windows\system32\wevtapi.dll`))
	s.copyFile(filepath.Join(made.base, "bin", "w3wp.exe"), s.unix(`C:\windows\system32\inetsrv\w3wp.exe`))
	s.logService(filepath.Join(evidence, "exvet", "events", "events.json"))
	exports, err := filepath.Glob(filepath.Join(evidence, "exvet", "registry", "*.reg"))
	s.check(err)
	for _, file := range append(exports, "wine.reg") {
		s.importReg(file)
	}
	return s
}

func (s *server) check(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// unix gives the path below the prefix of a Windows path; names that are there are taken in their case.
func (s *server) unix(path string) string {
	at := filepath.Join(s.prefix, "drive_"+strings.ToLower(path[:1]))
	for part := range strings.SplitSeq(path[3:], `\`) {
		at = inAnyCase(at, part)
	}
	return at
}

func inAnyCase(folder, name string) string {
	entries, _ := os.ReadDir(folder)
	for _, entry := range entries {
		if strings.EqualFold(entry.Name(), name) {
			return filepath.Join(folder, entry.Name())
		}
	}
	return filepath.Join(folder, name)
}

// copyFile puts a file in the place of another, not into it: it may be linked to.
func (s *server) copyFile(from, to string) {
	s.t.Helper()
	text, err := os.ReadFile(from)
	s.check(err)
	s.write(to, text)
}

func (s *server) write(to string, text []byte) {
	s.t.Helper()
	s.check(os.MkdirAll(filepath.Dir(to), 0o755))
	if err := os.Remove(to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.t.Fatal(err)
	}
	s.check(os.WriteFile(to, text, 0o755))
}

// copyTree copies into folders that may be there in another case.
func (s *server) copyTree(from, to string) {
	s.t.Helper()
	s.check(os.MkdirAll(to, 0o755))
	entries, err := os.ReadDir(from)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	s.check(err)
	for _, entry := range entries {
		target := inAnyCase(to, entry.Name())
		if entry.IsDir() {
			s.copyTree(filepath.Join(from, entry.Name()), target)
		} else {
			s.copyFile(filepath.Join(from, entry.Name()), target)
		}
	}
}

// importReg imports what reg export wrote. Wine has one control set and keeps it under the name that is a link on Windows.
func (s *server) importReg(file string) {
	s.t.Helper()
	text, err := os.ReadFile(file)
	s.check(err)
	for _, zero := range []string{"", "\x00"} {
		wide := func(text string) []byte { return []byte(strings.Join(strings.Split(text, ""), zero)) }
		text = bytes.ReplaceAll(text, wide(`\ControlSet001`), wide(`\CurrentControlSet`))
	}
	absolute := filepath.Join(s.t.TempDir(), filepath.Base(file))
	s.check(os.WriteFile(absolute, text, 0o600))
	s.ran(s.command(wine, "regedit", "/S", "Z:"+strings.ReplaceAll(absolute, "/", `\`)))
}

// reg sets one value by a .reg text.
func (s *server) reg(text string) {
	s.t.Helper()
	file := filepath.Join(s.t.TempDir(), "a.reg")
	s.check(os.WriteFile(file, []byte("REGEDIT4\n\n"+text+"\n"), 0o600))
	s.importReg(file)
}
