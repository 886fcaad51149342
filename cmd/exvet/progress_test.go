package main

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/exvet/exvet/collectors"
)

func TestProgressLine(t *testing.T) {
	p := newProgress(&bytes.Buffer{})
	for _, collector := range collectors.All() {
		if collector.Name != "iis" && collector.Name != "binaries" {
			p.done(collector.Name)
		}
	}
	if got, want := p.line(), "reading iis, binaries: 0 s"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	p.done("iis")
	p.files(50, 120)
	if got, want := p.line(), "reading binaries (50 of 120 files): 0 s"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	p.files(120, 120)
	if got, want := p.line(), "reading binaries: 0 s"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	p.done("binaries")
	if got := p.line(); got != "" {
		t.Errorf("got %q when all is read", got)
	}
	p.end()
}

// TestProgressShown has a terminal, which script of util-linux makes.
func TestProgressShown(t *testing.T) {
	if os.Getenv("EXVET_TEST_PROGRESS") != "" {
		p := newProgress(os.Stderr)
		time.Sleep(700 * time.Millisecond)
		p.end()
		return
	}
	script, err := exec.LookPath("script")
	if err != nil {
		t.Skip("script is not installed")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(script, "-qec", "'"+self+"' -test.run '^TestProgressShown$'", "/dev/null")
	cmd.Env = append(os.Environ(), "EXVET_TEST_PROGRESS=1")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "\rreading exchange, iis") {
		t.Errorf("on a terminal: %v: %q", err, out)
	}
	if !strings.Contains(string(out), strings.Repeat(" ", 78)+"\r") {
		t.Errorf("the line is left on the terminal: %q", out)
	}
	cmd = exec.Command(self, "-test.run", "^TestProgressShown$")
	cmd.Env = append(os.Environ(), "EXVET_TEST_PROGRESS=1")
	if out, err := cmd.CombinedOutput(); err != nil || strings.Contains(string(out), "reading") {
		t.Errorf("where there is no terminal: %v: %q", err, out)
	}
}
