// Package wine_test runs the real exvet.exe on made Exchange servers, in Wine.
package wine_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/exvet/exvet"
)

// made is what all tests share; TestMain fills it in.
var made struct {
	base    string // folder of prepare.sh
	exvet   string // exvet.exe
	host    string // tests of internal/host, for Windows
	linux   string // exvet for this machine
	missing string // why nothing can be run here, or ""
}

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "exvet-wine")
	if err == nil {
		err = prepare(folder)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

func prepare(folder string) error {
	needs, err := exec.Command("./prepare.sh", "needs").Output()
	if err != nil {
		return fmt.Errorf("prepare.sh needs: %w", err)
	}
	if made.missing = strings.ReplaceAll(strings.TrimSpace(string(needs)), "\n", ", "); made.missing != "" {
		return nil
	}
	base, err := exec.Command("./prepare.sh").Output()
	if err != nil {
		return fmt.Errorf("prepare.sh: %w", err)
	}
	made.base = strings.TrimSpace(string(base))
	if out, err := exec.Command("../../tools/resources.sh").CombinedOutput(); err != nil {
		return fmt.Errorf("resources.sh: %w\n%s", err, out)
	}
	made.exvet, made.host = filepath.Join(folder, "exvet.exe"), filepath.Join(folder, "host.test.exe")
	made.linux = filepath.Join(folder, "exvet")
	if out, err := exec.Command("go", "build", "-o", made.linux, "../../cmd/exvet").CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	for _, args := range [][]string{{"build", "-o", made.exvet, "../../cmd/exvet"}, {"test", "-c", "-o", made.host, "../../internal/host"}} {
		cmd := exec.Command("go", args...)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=windows", "GOARCH=amd64")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", cmd, err, out)
		}
	}
	return nil
}

func needWine(t *testing.T) {
	t.Helper()
	if made.missing != "" {
		t.Skip("missing: " + made.missing)
	}
}

// TestHost runs what internal/host tests on Windows.
func TestHost(t *testing.T) {
	s := newServer(t, "clean")
	out, err := s.combined(s.command(wine, made.host, "-test.v", "-test.run", "^(TestLive|TestPlainly)"))
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if n := strings.Count(out, "\n--- PASS: "); n < 8 {
		t.Errorf("%d tests passed\n%s", n, out)
	}
}

// found gives the subjects a rule found.
func found(report exvet.ServerReport, rule string) []string {
	var subjects []string
	for _, result := range report.Results {
		for _, finding := range result.Findings {
			if result.ID == rule {
				subjects = append(subjects, finding.Subject)
			}
		}
	}
	return subjects
}

// lacks gives what of a section was not seen, a line each.
func lacks(report exvet.ServerReport, section string) []string {
	var lines []string
	for _, missing := range report.Collected[section].Missing {
		lines = append(lines, missing.Error())
	}
	return lines
}

// has reports whether one of the lines holds all the parts.
func has(lines []string, parts ...string) bool {
	for _, line := range lines {
		all := true
		for _, part := range parts {
			all = all && strings.Contains(line, part)
		}
		if all {
			return true
		}
	}
	return false
}

// TestForeign scans a server with foreign integrations.
func TestForeign(t *testing.T) {
	s := newServer(t, "contoso")
	report, out := s.scan()
	if out.code != exvet.ExitFindings {
		t.Errorf("exit %d, want %d\n%s", out.code, exvet.ExitFindings, out.stderr)
	}
	tests := []struct{ name, rule, subject string }{
		{"a module", "EXV-IIS-001", "global-module:ContosoWaf"},
		{"the account of a pool", "EXV-IIS-030", "pool:MSExchangeOWAAppPool"},
		{"the account of a service", "EXV-SVC-001", "service:MSExchangeTransport"},
		{"AppInit_DLLs", "EXV-INJ-001", "AppInit_DLLs"},
		{"image file execution options", "EXV-INJ-003", "w3wp.exe"},
		{"event 4999", "EXV-EVT-001", "event:Application/4999"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := found(report, test.rule); !has(got, test.subject) {
				t.Errorf("%s found %q, want %q", test.rule, got, test.subject)
			}
		})
	}
}

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
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := lacks(report, test.section); !has(got, test.parts...) {
				t.Errorf("got %q, want %q", got, test.parts)
			}
		})
	}
	if out.code != exvet.ExitFindings {
		t.Errorf("exit %d: what was seen is to be judged\n%s", out.code, out.stderr)
	}
}

// TestEventFiles reads the files of the logs where the service does not answer.
func TestEventFiles(t *testing.T) {
	s := newServer(t, "contoso")
	s.own = true
	s.logFiles(filepath.Join("..", "evidence", "contoso", "exvet", "events", "events.json"))
	report, _ := s.scan("--rule", "EXV-EVT-*")
	if got := found(report, "EXV-EVT-001"); !has(got, "event:Application/4999") {
		t.Errorf("found %q; missing %q", got, lacks(report, "events"))
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

// TestGentle measures what a gentle scan uses, and what a scan holds.
func TestGentle(t *testing.T) {
	s := newServer(t, "clean")
	out := s.exvet("collect", "--gentle", "--output", `C:\run\snapshot.json`)
	used := time.Duration(out.usage.Utime.Nano() + out.usage.Stime.Nano())
	share := float64(used) / float64(out.took)
	t.Logf("%v of %v: %.1f %% of one processor, %d MB", used, out.took, 100*share, out.usage.Maxrss>>10)
	if out.code != exvet.ExitClean || share >= 0.1 {
		t.Errorf("exit %d, %.1f %% of one processor, want less than 10 %%\n%s", out.code, 100*share, out.stderr)
	}
	if out.usage.Maxrss>>10 > 512 {
		t.Errorf("held %d MB", out.usage.Maxrss>>10)
	}
}

// pools are the application pools of the server "clean" that run Exchange.
func (s *server) pools() []string {
	var pools []string
	for _, name := range []string{
		"Autodiscover", "ECP", "MapiFrontEnd", "MapiMailbox", "OAB", "OWA", "OWACalendar", "PowerShell", "PowerShellFrontEnd", "Services",
	} {
		pools = append(pools, "MSExchange"+name+"AppPool")
	}
	return pools
}

// TestClean scans a server with nothing foreign, all of whose pools run.
func TestClean(t *testing.T) {
	s := newServer(t, "clean")
	s.furnish("clean")
	for _, pool := range s.pools() {
		defer s.worker(pool)()
	}
	report, out := s.scan("--waivers", s.waivers())
	for _, waiver := range s.whole(out).Waivers {
		if waiver.State != exvet.WaiverUsed {
			t.Errorf("waivers.yaml: %s %s is %s", waiver.Rule, waiver.Subject, waiver.State)
		}
	}
	if out.code != exvet.ExitClean {
		t.Errorf("exit %d, want 0: %s", out.code, out.stderr)
		for section := range report.Collected {
			t.Log(section, lacks(report, section))
		}
		for _, result := range report.Results {
			for _, finding := range result.Findings {
				if finding.Waiver == nil {
					t.Log(result.ID, finding.Subject, finding.Severity, finding.Message)
				}
			}
		}
	}
}

// TestInjected has a foreign DLL in a worker process of Exchange: the modules of the process name it.
func TestInjected(t *testing.T) {
	s := newServer(t, "clean")
	contoso := s.newSigner("Contoso Ltd")
	s.trust(contoso)
	const hook = `C:\Program Files\Contoso\Hook\hook64.dll`
	s.write(s.unix(hook), s.sign(contoso, filepath.Join(made.base, "bin", "thirdparty.dll")))
	defer s.worker("MSExchangeOWAAppPool", hook)()
	defer s.worker("MSExchangeECPAppPool", "deny")()
	out := s.exvet("collect")
	var snapshot struct {
		Collected map[string]exvet.Section
		Facts     struct {
			Processes struct {
				Workers []struct {
					PID  int
					Pool string
				}
				Modules []struct {
					Path string
					PIDs []int
				}
			}
		}
	}
	s.check(json.Unmarshal([]byte(out.stdout), &snapshot))
	pools := map[int]string{}
	for _, worker := range snapshot.Facts.Processes.Workers {
		pools[worker.PID] = worker.Pool
	}
	in := ""
	for _, module := range snapshot.Facts.Processes.Modules {
		if module.Path == hook && len(module.PIDs) == 1 {
			in = pools[module.PIDs[0]]
		}
	}
	if in != "MSExchangeOWAAppPool" {
		t.Errorf("%q is seen in pool %q", hook, in)
	}
	lines := lacks(exvet.ServerReport{Collected: snapshot.Collected}, "processes")
	if !has(lines, "w3wp.exe", "access is denied") {
		t.Errorf("a process that may not be opened: got %q", lines)
	}
}

// TestCapture captures a running server, and judges the capture elsewhere.
func TestCapture(t *testing.T) {
	s := newServer(t, "contoso")
	defer s.worker("MSExchangeOWAAppPool")()
	live, _ := s.scan()
	if out := s.exvet("collect", "--raw", `C:\run\raw.zip`); out.code != exvet.ExitClean {
		t.Fatalf("exit %d: %s", out.code, out.stderr)
	}
	cmd := exec.Command(made.linux, "scan", "-o", "json", s.unix(`C:\run\raw.zip`))
	text, _ := cmd.Output() // it ends with findings
	elsewhere := s.report(outcome{stdout: string(text)})
	if got, want := all(elsewhere), all(live); got != want {
		t.Errorf("elsewhere:\n%s\nlive:\n%s", got, want)
	}
}

// all gives every finding, a line each.
func all(report exvet.ServerReport) string {
	var b strings.Builder
	for _, result := range report.Results {
		for _, finding := range result.Findings {
			fmt.Fprintln(&b, result.ID, finding.Severity, finding.Subject)
		}
	}
	return b.String()
}
