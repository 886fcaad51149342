package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/exvet/exvet"
)

// TestStockEvaluates asks opa eval and exvet of the same snapshots.
func TestStockEvaluates(t *testing.T) {
	opa := stockOPA(t)
	l := newLab(t)
	for _, fixture := range []string{"healthy", "arr-module", "app-init"} {
		snapshot := filepath.Join("..", "..", "policies", "fixtures", fixture, "snapshot.json")
		out, err := exec.Command(opa, "eval", "--format", "json", "-b", l.file("core.tar.gz"), "-b", l.file("acme.tar.gz"),
			"-i", snapshot, "data.exvet.main.results").Output()
		if err != nil {
			t.Fatalf("opa eval: %v", err)
		}
		var answer struct {
			Result []struct {
				Expressions []struct {
					Value []exvet.Result `json:"value"`
				} `json:"expressions"`
			} `json:"result"`
		}
		if err := json.Unmarshal(out, &answer); err != nil || len(answer.Result) != 1 {
			t.Fatalf("opa answers %.200s: %v", out, err)
		}
		_, text, stderr := exvetRun("scan", snapshot, "--core", l.file("core.tar.gz"), "--bundle", l.file("acme.tar.gz"),
			"--verification-key", l.file("acme.pub"), "-o", "json")
		var report exvet.Report
		if err := json.Unmarshal([]byte(text), &report); err != nil {
			t.Fatalf("read exvet's report: %v: %s", err, stderr)
		}
		want, got := verdicts(report.Servers[0].Results), verdicts(answer.Result[0].Expressions[0].Value)
		if len(want) < 100 || len(want) != len(got) {
			t.Errorf("%s: opa has %d results, exvet %d", fixture, len(got), len(want))
		}
		for id := range want {
			if got[id] != want[id] {
				t.Errorf("%s: %s is %s for opa, %s for exvet", fixture, id, got[id], want[id])
			}
		}
	}
}

func verdicts(results []exvet.Result) map[string]string {
	lines := map[string]string{}
	for _, result := range results {
		line := string(result.Status)
		for _, finding := range result.Findings {
			line += fmt.Sprintf("; %s (%s): %s", finding.Subject, finding.Severity, finding.Message)
		}
		lines[result.ID] = line
	}
	return lines
}

// stockOPA gives the path of the opa program, in the version of go.mod.
func stockOPA(t *testing.T) string {
	t.Helper()
	cmd := exec.Command("go", "tool", "-n", "-modfile=tools/opa/go.mod", "opa")
	cmd.Dir = filepath.Join("..", "..")
	out, err := cmd.Output()
	if err != nil {
		t.Skipf("opa is not there: %v", err)
	}
	return strings.TrimSpace(string(out))
}

// An opaConfig says where opa run finds the bundles.
type opaConfig struct {
	service   map[string]any
	good, bad string
}

// stockDownloads runs opa as a server: it takes the signed bundle into use, and not the one tampered with.
func stockDownloads(t *testing.T, l lab, c opaConfig) {
	opa := stockOPA(t)
	ask := func(resource string) (answer, log func() string) {
		config, err := json.Marshal(map[string]any{
			"services": map[string]any{"lab": c.service},
			"keys":     map[string]any{"acme": map[string]any{"algorithm": "ES256", "key": l.public}},
			"bundles": map[string]any{"acme": map[string]any{"service": "lab", "resource": resource,
				"signing": map[string]any{"keyid": "acme"}, "polling": map[string]any{"min_delay_seconds": 1, "max_delay_seconds": 1}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "config.json")
		if err := os.WriteFile(file, config, 0o600); err != nil {
			t.Fatal(err)
		}
		address := freeAddress(t)
		// The organisation's rule calls the core's words.
		log = start(t, opa, "run", "--server", "--disable-telemetry", "--addr", address, "-c", file, filepath.Join("..", "..", "policies", "exvet", "rule", "rule.rego")).String
		return func() string {
			response, err := http.Get("http://" + address + "/v1/data/org/acme/rules/iis/pools/about/id")
			if err != nil {
				return ""
			}
			defer response.Body.Close()
			content, _ := io.ReadAll(response.Body)
			return string(content)
		}, log
	}
	answer, log := ask(c.good)
	await(t, func() bool { return strings.Contains(answer(), "ORG-ACME-001") }, func() string { return "opa does not take the signed bundle: " + log() })
	answer, log = ask(c.bad)
	await(t, func() bool { return strings.Contains(log(), "digest mismatch") }, func() string { return "opa does not refuse the tampered bundle: " + log() })
	if got := answer(); strings.Contains(got, "ORG-ACME") {
		t.Errorf("opa answers %s from the tampered bundle", got)
	}
}
