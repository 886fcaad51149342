package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/exvet/exvet"
)

// TestFixturesFitSchema validates every rendered fixture: rules are tested on what collectors could have seen.
func TestFixturesFitSchema(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "policies", "fixtures", "*", "snapshot.json"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatal("no fixture found")
	}
	for _, file := range files {
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			document, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := validate(exvet.SnapshotSchema(), document); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestLabServer scans a copy of a real Exchange 2016, where it lies beside the project: nothing on it is
// unsupported, and what was not copied is said.
func TestLabServer(t *testing.T) {
	const lab = "../../../shared/evidence/ex2016-lab"
	if _, err := os.Stat(lab); err != nil {
		if os.Getenv("EXVET_CI") == "1" {
			t.Fatalf("the lab server is required under EXVET_CI=1: %v", err)
		}
		t.Skipf("no copy of the lab server: %v", err)
	}
	var stdout, stderr bytes.Buffer
	code := run([]string{"scan", lab, "-o", "json", "--now", "2026-11-20T08:00:00Z"}, nil, &stdout, &stderr)
	if code != exvet.ExitUnknown {
		t.Errorf("exit code %d, want %d; standard error: %s", code, exvet.ExitUnknown, stderr.String())
	}
	if err := validate(exvet.ReportSchema(), stdout.Bytes()); err != nil {
		t.Error(err)
	}
	var report exvet.Report
	if err := json.Unmarshal(stdout.Bytes(), &report); err != nil {
		t.Fatal(err)
	}
	for _, result := range report.Servers[0].Results {
		if result.Status == exvet.Error {
			t.Errorf("%s is in error: %s", result.ID, result.Error)
		}
		for _, finding := range result.Findings {
			if result.Stance == exvet.Unsupported || result.Stance == exvet.Security {
				t.Errorf("%s: %s finding %q", result.ID, result.Stance, finding.Message)
			}
		}
	}
}
