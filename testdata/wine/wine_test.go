// Package wine_test runs the real exvet.exe on made Exchange servers, in Wine.
package wine_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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
