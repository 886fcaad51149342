package wine_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/exvet/exvet"
)

// TestTrouble scans a server on which not everything can be read.
func TestTrouble(t *testing.T) {
	s := newServer(t, "contoso")
	s.write(s.unix(`C:\events\System.xml`), []byte("denied"))
	hold := s.command(wine, made.host, "-test.run", "^$")
	hold.Env = append(hold.Env, `EXVET_TEST_HOLD=\\?\E:\Exchange\FrontEnd\HttpProxy\owa\web.config`)
	ready, err := hold.StdoutPipe()
	s.check(err)
	s.check(hold.Start())
	defer func() { _ = hold.Process.Kill(); _ = hold.Wait() }()
	if _, err := ready.Read(make([]byte, 6)); err != nil {
		t.Fatal("nobody holds the file")
	}
	deny := s.command(wine, made.host, "-test.run", "^$")
	deny.Env = append(deny.Env, `EXVET_TEST_DENY=SOFTWARE\Microsoft\AMSI\Providers`)
	s.ran(deny)
	const gone = `C:\Program Files\Contoso\Hook\gone64.dll`
	s.copyFile(filepath.Join(made.base, "bin", "thirdparty.dll"), s.unix(gone))
	defer s.worker("MSExchangeOWAAppPool", gone)()
	defer s.worker("MSExchangeECPAppPool", "deny")()
	s.check(os.Remove(s.unix(gone)))
	report, out := s.scan()
	if out.took > time.Minute {
		t.Errorf("took %v", out.took)
	}
	tests := []struct {
		name, section string
		parts         []string
	}{
		{"a log that may not be read", "events", []string{`event log "System": access is denied`}},
		{"a file somebody holds", "iis", []string{`owa\web.config: another program has it open and lets nobody read it`, "Default Web Site/owa"}},
		{"a process nobody may look into", "processes", []string{"w3wp.exe", "access is denied"}},
		{"a key that lets nobody in", "amsi", []string{`AMSI\\Providers"`, "access is denied"}},
		{"a module whose file is gone", "binaries", []string{"gone64.dll", "there no more"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var told []string
			for _, line := range lacks(report, test.section) {
				if has([]string{line}, test.parts...) {
					told = append(told, line)
				}
			}
			if len(told) != 1 {
				t.Errorf("got %q, want one line with %q", lacks(report, test.section), test.parts)
			}
		})
	}
	if out.code != exvet.ExitFindings {
		t.Errorf("exit %d: what was seen is to be judged\n%s", out.code, out.stderr)
	}
}

// TestTimeout gives every section a second, which a gentle scan does not suffice with.
func TestTimeout(t *testing.T) {
	s := newServer(t, "contoso")
	report, out := s.scan("--gentle", "--collector-timeout", "1s")
	late := 0
	for section := range report.Collected {
		if has(lacks(report, section), "gave up after 1s") {
			late++
		}
	}
	if late == 0 || out.took > time.Minute || out.code != exvet.ExitUnknown && out.code != exvet.ExitFindings {
		t.Errorf("%d sections gave up, exit %d after %v", late, out.code, out.took)
	}
}

// TestInterrupted stops a scan with Ctrl-C.
func TestInterrupted(t *testing.T) {
	s := newServer(t, "contoso")
	r := s.start("scan", "--gentle", "-o", "json")
	time.Sleep(3 * time.Second) // a gentle scan takes longer
	s.check(r.cmd.Process.Signal(syscall.SIGINT))
	stopped := time.Now()
	out := s.finish(r)
	if took := time.Since(stopped); took > 20*time.Second {
		t.Errorf("it went on for %v", took)
	}
	report := s.report(out)
	if !strings.Contains(out.stderr, "stopped: the report holds what was seen until then") {
		t.Errorf("standard error: %s", out.stderr)
	}
	stops := 0
	for section := range report.Collected {
		if has(lacks(report, section), "was stopped") {
			stops++
		}
	}
	if stops == 0 || out.code != exvet.ExitUnknown && out.code != exvet.ExitFindings {
		t.Errorf("%d sections stopped, exit %d", stops, out.code)
	}
}

// TestProcessesEnd ends worker processes while they are looked at, those that are looked at last first.
func TestProcessesEnd(t *testing.T) {
	s := newServer(t, "contoso")
	for pace := 300 * time.Millisecond; ; pace *= 2 { // when the list is made depends on what else the machine does
		var stops []func()
		for _, pool := range s.pools() {
			stops = append(stops, s.worker(pool))
		}
		r := s.start("scan", "--gentle", "-o", "json", "--rule", "EXV-PRC-*")
		for _, stop := range slices.Backward(stops) {
			time.Sleep(pace)
			stop()
		}
		out := s.finish(r)
		told := map[string]int{}
		for _, line := range lacks(s.report(out), "processes") {
			if has([]string{line}, "it ended while it was looked at", "process:w3wp.exe ") {
				told[line]++
			}
		}
		t.Logf("at a pace of %v %d processes ended while they were looked at; exit %d after %v", pace, len(told), out.code, out.took)
		if out.code != exvet.ExitFindings && out.code != exvet.ExitUnknown || out.took > time.Minute {
			t.Fatalf("exit %d after %v: %s", out.code, out.took, out.stderr)
		}
		for line, times := range told {
			if times > 1 {
				t.Errorf("told %d times: %s", times, line)
			}
		}
		if len(told) > 0 {
			return
		}
		if pace > 2*time.Second {
			t.Fatal("no process ended while it was looked at")
		}
	}
}
