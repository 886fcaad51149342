package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/exvet/exvet"
)

// judged scans a source and gives the report, without what names the source.
func judged(t *testing.T, source string) (exvet.ServerReport, int) {
	t.Helper()
	var out, errs bytes.Buffer
	code := run([]string{"scan", source, "-o", "json", "--now", fixtureTime.Format(time.RFC3339)}, nil, &out, &errs)
	var r exvet.Report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatalf("scan %s: %v: %s", source, err, errs.String())
	}
	server := r.Servers[0]
	server.Source, server.Snapshot.SHA256 = "", ""
	return server, code
}

// captured captures a source and gives the zip.
func captured(t *testing.T, source string, flags ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "raw.zip")
	var out, errs bytes.Buffer
	args := append([]string{"collect", source, "--raw", file, "--now", fixtureTime.Format(time.RFC3339)}, flags...)
	if code := run(args, nil, &out, &errs); code != exvet.ExitClean || out.Len() > 0 {
		t.Fatalf("collect --raw %s: exit code %d: %s%s", source, code, out.String(), errs.String())
	}
	return file
}

// sameVerdicts holds a capture to its source: every result, its findings with file and line, and what was not seen.
func sameVerdicts(t *testing.T, source, capture string) {
	t.Helper()
	want, wantCode := judged(t, source)
	got, gotCode := judged(t, capture)
	if gotCode != wantCode {
		t.Errorf("exit code %d, want %d", gotCode, wantCode)
	}
	if !reflect.DeepEqual(got.Server, want.Server) {
		t.Errorf("server %+v, want %+v", got.Server, want.Server)
	}
	if len(got.Results) != len(want.Results) {
		t.Fatalf("%d results, want %d", len(got.Results), len(want.Results))
	}
	for i := range want.Results {
		if !reflect.DeepEqual(got.Results[i], want.Results[i]) {
			a, _ := json.MarshalIndent(got.Results[i], "", " ")
			b, _ := json.MarshalIndent(want.Results[i], "", " ")
			t.Errorf("%s: got %s\nwant %s", want.Results[i].ID, a, b)
		}
	}
}

func TestCaptureIsJudgedAsItsSource(t *testing.T) {
	servers := []string{"clean", "contoso", "tiny"}
	for _, name := range servers {
		t.Run(name, func(t *testing.T) {
			source := filepath.Join(evidence, name)
			sameVerdicts(t, source, captured(t, source))
		})
	}
	t.Run("a real one", func(t *testing.T) {
		const source = "../../../shared/evidence/ex2016-lab"
		if _, err := os.Stat(source); err != nil {
			t.Skip("optional: no real server's disk beside the project")
		}
		sameVerdicts(t, source, captured(t, source))
	})
}

func TestCaptureIsTheSameTwice(t *testing.T) {
	source := filepath.Join(evidence, "contoso")
	first, err := os.ReadFile(captured(t, source))
	if err != nil {
		t.Fatal(err)
	}
	second, err := os.ReadFile(captured(t, source))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, second) {
		t.Error("two captures of one source differ")
	}
}

func foundBy(results []exvet.Result, id string) bool {
	for _, result := range results {
		if result.ID == id {
			return result.Status == exvet.Found
		}
	}
	return false
}
