package wine_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/exvet/exvet"
)

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
