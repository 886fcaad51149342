package wine_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/evtx/evtxtest"
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

// ran runs a command that must succeed.
func (s *server) ran(cmd *exec.Cmd) {
	s.t.Helper()
	if out, err := s.combined(cmd); err != nil {
		s.t.Fatalf("%s: %v\n%s", cmd, err, out)
	}
}

// combined runs a command and gives what it printed, by way of a file: a pipe would be held by what Wine leaves running.
func (s *server) combined(cmd *exec.Cmd) (string, error) {
	s.t.Helper()
	file := s.file()
	cmd.Stdout, cmd.Stderr = file, file
	err := cmd.Run()
	return s.content(file), err
}

// file gives a new empty file.
func (s *server) file() *os.File {
	s.t.Helper()
	file, err := os.CreateTemp(s.t.TempDir(), "")
	s.check(err)
	return file
}

// content gives what was written to a file, and closes it.
func (s *server) content(file *os.File) string {
	s.t.Helper()
	defer file.Close()
	text, err := os.ReadFile(file.Name())
	s.check(err)
	return string(text)
}

// command prepares a program, with Wine bound to this server.
func (s *server) command(name string, args ...string) *exec.Cmd {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	s.t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, name, args...)
	overrides := "mscoree,mshtml,winemenubuilder.exe=;wevtapi=n,b"
	if s.own {
		overrides = "mscoree,mshtml,winemenubuilder.exe=;wevtapi=b"
	}
	cmd.Env = append(os.Environ(), "WINEPREFIX="+s.prefix, "WINEARCH=win64", "WINEDEBUG=-all", "DISPLAY=", "WINEDLLOVERRIDES="+overrides)
	cmd.Env = append(cmd.Env, s.more...)
	cmd.Dir = filepath.Join(s.prefix, "drive_c")
	return cmd
}

// An outcome is how a run of exvet.exe ended.
type outcome struct {
	code           int
	stdout, stderr string
	took           time.Duration
	usage          *syscall.Rusage
}

// exvet runs exvet.exe to its end.
func (s *server) exvet(args ...string) outcome {
	s.t.Helper()
	return s.finish(s.start(args...))
}

// A run is an exvet.exe that was started.
type run struct {
	cmd            *exec.Cmd
	stdout, stderr *os.File
	began          time.Time
}

func (s *server) start(args ...string) *run {
	s.t.Helper()
	r := &run{cmd: s.command(wine, append([]string{made.exvet}, args...)...), stdout: s.file(), stderr: s.file(), began: time.Now()}
	r.cmd.Stdout, r.cmd.Stderr = r.stdout, r.stderr
	s.check(r.cmd.Start())
	return r
}

func (s *server) finish(r *run) outcome {
	s.t.Helper()
	err := r.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		s.t.Fatal(err)
	}
	usage, _ := r.cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return outcome{
		code: r.cmd.ProcessState.ExitCode(), stdout: s.content(r.stdout), stderr: s.content(r.stderr), took: time.Since(r.began), usage: usage,
	}
}

// scan scans the server, and gives its part of the report.
func (s *server) scan(args ...string) (exvet.ServerReport, outcome) {
	s.t.Helper()
	out := s.exvet(append([]string{"scan", "-o", "json"}, args...)...)
	return s.report(out), out
}

func (s *server) report(out outcome) exvet.ServerReport {
	s.t.Helper()
	return s.whole(out).Servers[0]
}

// whole gives the report of one server.
func (s *server) whole(out outcome) exvet.Report {
	s.t.Helper()
	var report exvet.Report
	if err := json.Unmarshal([]byte(out.stdout), &report); err != nil || len(report.Servers) != 1 {
		s.t.Fatalf("no report: %v; exit %d\n%s\n%.2000s", err, out.code, out.stderr, out.stdout)
	}
	return report
}

// worker starts a worker process of a pool that loads DLLs, and gives what ends it.
func (s *server) worker(pool string, args ...string) (stop func()) {
	s.t.Helper()
	cmd := s.command(wine, append([]string{`C:\windows\system32\inetsrv\w3wp.exe`, "-ap", pool}, args...)...)
	s.check(cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for began := time.Now(); time.Since(began) < 30*time.Second; time.Sleep(50 * time.Millisecond) {
		select {
		case err := <-ended:
			s.t.Fatalf("the worker of %s ended at once: %v", pool, err)
		default:
		}
		if running, _ := filepath.Glob(filepath.Join(s.unix(`C:\run`), pool+"-*")); len(running) > 0 {
			return func() {
				for _, file := range running {
					_ = os.Remove(file)
				}
				<-ended
			}
		}
	}
	s.t.Fatalf("the worker of %s did not start", pool)
	return nil
}

// eventsOf reads events by log.
func (s *server) eventsOf(file string) map[string][]exvet.Event {
	s.t.Helper()
	text, err := os.ReadFile(file)
	s.check(err)
	var events []exvet.Event
	s.check(json.Unmarshal(text, &events))
	logs := map[string][]exvet.Event{}
	for _, event := range events {
		logs[event.Log] = append(logs[event.Log], event)
	}
	return logs
}

// logService puts events where the library looks that stands in for the event log service.
func (s *server) logService(file string) {
	s.t.Helper()
	for log, events := range s.eventsOf(file) {
		var lines bytes.Buffer
		for _, event := range events {
			writeEvent(&lines, event)
		}
		s.write(s.unix(`C:\events\`+strings.ReplaceAll(log, "/", "%4")+".xml"), lines.Bytes())
	}
}

// logFiles puts events into files, as Windows keeps them.
func (s *server) logFiles(file string) {
	s.t.Helper()
	for log, events := range s.eventsOf(file) {
		var records []evtxtest.Record
		for _, event := range events {
			records = append(records, evtxtest.Record{Event: event, Form: evtxtest.Classic})
		}
		text := evtxtest.Write(records, evtxtest.Options{Dirty: true})
		s.write(s.unix(`C:\windows\system32\winevt\Logs\`+strings.ReplaceAll(log, "/", "%4")+".evtx"), text)
	}
}

func writeEvent(to *bytes.Buffer, event exvet.Event) {
	escaped := func(text string) string {
		var b bytes.Buffer
		_ = xml.EscapeText(&b, []byte(text)) // to memory
		return b.String()
	}
	fmt.Fprintf(to, `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='%s'/><EventID Qualifiers='0'>%d</EventID>`+
		`<Level>2</Level><TimeCreated SystemTime='%s'/><EventRecordID>%d</EventRecordID><Channel>%s</Channel><Computer>EX01</Computer><Security/></System><EventData>`,
		escaped(event.Provider), event.ID, event.Time.UTC().Format(time.RFC3339Nano), event.Record, escaped(event.Log))
	for _, text := range event.Strings {
		fmt.Fprintf(to, "<Data>%s</Data>", escaped(text))
	}
	to.WriteString("</EventData></Event>\n")
}
