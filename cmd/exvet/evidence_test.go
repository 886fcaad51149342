package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/collectors"
	"github.com/exvet/exvet/internal/host"
	"github.com/exvet/exvet/internal/report"
)

var update = flag.Bool("update", false, "write what the collectors and rules make of testdata/evidence")

const evidence = "../../testdata/evidence"

// fixtureTime is the clock of every fixture.
var fixtureTime = time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)

// TestCollectedFixture holds the fixtures to the collectors: what they make of a small made server is a
// fixture, which testdata/fixtures.jsonnet imports. A new field shows here first.
func TestCollectedFixture(t *testing.T) {
	disk, err := host.Open(filepath.Join(evidence, "tiny"))
	if err != nil {
		t.Fatal(err)
	}
	defer disk.Close()
	got, err := report.JSON(collectors.Collect(context.Background(), disk, collectors.Options{Now: fixtureTime}))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, filepath.Join(evidence, "tiny.json"), got)
	rendered, err := os.ReadFile("../../policies/fixtures/collected/snapshot.json")
	if err != nil {
		t.Fatal(err)
	}
	var fixture, collected any
	if err := json.Unmarshal(rendered, &fixture); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(got, &collected); err != nil {
		t.Fatal(err)
	}
	x, _ := json.Marshal(fixture)
	y, _ := json.Marshal(collected)
	if !bytes.Equal(x, y) {
		t.Error("policies/fixtures/collected is not what the collectors make of testdata/evidence/tiny: run make fixtures")
	}
}

// TestExampleServers says what the example servers show: a line for each rule that is not clear and each finding.
func TestExampleServers(t *testing.T) {
	for name, code := range map[string]int{"clean": exvet.ExitClean, "contoso": exvet.ExitFindings} {
		t.Run(name, func(t *testing.T) {
			var out, errs bytes.Buffer
			args := []string{"scan", filepath.Join(evidence, name), "-o", "json", "--now", fixtureTime.Format(time.RFC3339)}
			if got := run(args, nil, &out, &errs); got != code {
				t.Errorf("exit code %d, want %d: %s", got, code, errs.String())
			}
			golden(t, filepath.Join("testdata", "evidence", name+".txt"), summary(t, out.Bytes()))
		})
	}
}

// summary writes a JSON report as a line for each rule that is not clear and each finding.
func summary(t *testing.T, document []byte) []byte {
	t.Helper()
	var r exvet.Report
	if err := json.Unmarshal(document, &r); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	for _, result := range r.Servers[0].Results {
		if result.Status == exvet.Clear {
			continue
		}
		fmt.Fprintf(&b, "%s %s %s %s\n", result.ID, result.Stance, result.Clause, result.Status)
		for _, finding := range result.Findings {
			fmt.Fprintf(&b, "  %s %s\n", finding.Severity, finding.Subject)
		}
		if result.Error != "" {
			t.Errorf("%s is in error: %s", result.ID, result.Error)
		}
	}
	return b.Bytes()
}

// golden compares with a file, or writes it with -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what exvet makes now (run go test ./cmd/exvet -run 'TestCollected|TestExample' -update and read the difference):\n%s", name, got)
	}
}

// TestRegistryVectors judges the made server of the collectors' tests, which has one case of every vector of the
// registry, on top of the healthy server: the golden says what each is found as.
func TestRegistryVectors(t *testing.T) {
	var snapshot map[string]any
	var vectors, facts map[string]json.RawMessage
	for name, into := range map[string]any{
		"../../policies/fixtures/healthy/snapshot.json": &snapshot, "../../collectors/testdata/registry.json": &vectors,
	} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, into); err != nil {
			t.Fatal(err)
		}
	}
	healthy, err := json.Marshal(snapshot["facts"])
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(healthy, &facts); err != nil {
		t.Fatal(err)
	}
	for _, section := range []string{"services", "injection", "amsi"} {
		facts[section] = vectors[section]
	}
	snapshot["facts"] = facts
	document, err := json.Marshal(snapshot)
	if err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	args := []string{"scan", "-", "-o", "json", "--now", fixtureTime.Format(time.RFC3339)}
	if got := run(args, bytes.NewReader(document), &out, &errs); got != exvet.ExitFindings {
		t.Errorf("exit code %d, want %d: %s", got, exvet.ExitFindings, errs.String())
	}
	golden(t, filepath.Join("testdata", "evidence", "vectors.txt"), summary(t, out.Bytes()))
}
