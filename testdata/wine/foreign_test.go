package wine_test

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/exvet/exvet"
)

// hook is a library nobody of Exchange's loads.
const hook = `C:\Program Files\Contoso\Hook\hook64.dll`

// TestForeign scans a server with foreign integrations, captures it, and judges the capture elsewhere.
func TestForeign(t *testing.T) {
	s := newServer(t, "contoso")
	contoso := s.newSigner("Contoso Ltd")
	s.trust(contoso)
	s.write(s.unix(hook), s.sign(contoso, filepath.Join(made.base, "bin", "thirdparty.dll")))
	defer s.worker("MSExchangeOWAAppPool", hook)()
	live, out := s.scan()
	if out.code != exvet.ExitFindings {
		t.Errorf("exit %d, want %d\n%s", out.code, exvet.ExitFindings, out.stderr)
	}
	tests := []struct {
		name, rule, subject string
		said                []string // parts of the finding's message
	}{
		{"a module", "EXV-IIS-001", "global-module:ContosoWaf", nil},
		{"the account of a pool", "EXV-IIS-030", "pool:MSExchangeOWAAppPool", nil},
		{"the account of a service", "EXV-SVC-001", "service:MSExchangeTransport", []string{`CONTOSO\svc-mail`}},
		{"AppInit_DLLs", "EXV-INJ-001", "AppInit_DLLs", nil},
		{"image file execution options", "EXV-INJ-003", "w3wp.exe", nil},
		{"event 4999", "EXV-EVT-001", "event:Application/4999", nil},
		{"a transport agent", "EXV-SUP-001", "agent:Fabrikam Archive Agent", nil},
		{"an injected DLL", "EXV-INJ-032", "process:MSExchangeOWAAppPool:hook64.dll", []string{"MSExchangeOWAAppPool", hook, "signed by Contoso Ltd"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := findings(live, test.rule, test.subject)
			if len(got) == 0 {
				t.Fatalf("%s found %q, want %q", test.rule, found(live, test.rule), test.subject)
			}
			if !has([]string{got[0].Message}, test.said...) {
				t.Errorf("got %q, want %q in it", got[0].Message, test.said)
			}
		})
	}
	if got := findings(live, "EXV-INJ-032", hook[strings.LastIndex(hook, `\`)+1:]); len(got) != 1 || !strings.HasPrefix(got[0].Evidence[0].Ref, "process:") {
		t.Errorf("the process of an injected DLL: got %+v", got)
	}
	if got := found(live, "EXV-SIG-001"); len(got) > 0 {
		t.Errorf("Windows and exvet agree, and EXV-SIG-001 found %q", got)
	}
	if got := running(t, s); got == 0 {
		t.Error("no service of the server is said to run")
	}
	t.Run("captured", func(t *testing.T) {
		if out := s.exvet("collect", "--raw", `C:\run\raw.zip`); out.code != exvet.ExitClean {
			t.Fatalf("exit %d: %s", out.code, out.stderr)
		}
		text, _ := exec.Command(made.linux, "scan", "-o", "json", s.unix(`C:\run\raw.zip`)).Output() // it ends with findings
		if got, want := all(s.report(outcome{stdout: string(text)})), all(live); got != want {
			t.Errorf("elsewhere:\n%s\nlive:\n%s", got, want)
		}
	})
}

// findings gives what a rule found whose subject holds a text.
func findings(report exvet.ServerReport, rule, subject string) []exvet.Finding {
	var list []exvet.Finding
	for _, result := range report.Results {
		for _, finding := range result.Findings {
			if result.ID == rule && strings.Contains(finding.Subject, subject) {
				list = append(list, finding)
			}
		}
	}
	return list
}

// all gives the status of every rule and every finding, a line each.
func all(report exvet.ServerReport) string {
	var b strings.Builder
	for _, result := range report.Results {
		fmt.Fprintln(&b, result.ID, result.Status)
		for _, finding := range result.Findings {
			fmt.Fprintln(&b, " ", finding.Severity, finding.Subject, finding.Message)
		}
	}
	return b.String()
}

// running counts the services that are said to run in a process.
func running(t *testing.T, s *server) int {
	t.Helper()
	var snapshot struct {
		Facts struct {
			Services struct {
				List []struct {
					State string
					PID   int
				}
			}
		}
	}
	s.check(json.Unmarshal([]byte(s.exvet("collect").stdout), &snapshot))
	count := 0
	for _, service := range snapshot.Facts.Services.List {
		if service.State == "running" && service.PID > 0 {
			count++
		}
	}
	return count
}
