package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestHubFullDisk: the disk of a hub is full while an agent reports. Pages are shown still, the agent keeps its reports, and when there is
// room again every one arrives, once.
func TestHubFullDisk(t *testing.T) {
	data := t.TempDir()
	if err := syscall.Mount("exvet", data, "tmpfs", 0, "size=12m"); err != nil {
		t.Skipf("optional: mounting a small file system needs root (%v); TestFullDisk of the hub limits the database instead", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(data, syscall.MNT_DETACH) }) // registered first: the hub has ended by then
	l := newLab(t)
	h := startHubIn(t, filepath.Join(data, "hub"))
	h.put(t, "stable/acme.tar.gz", l.build(t, 7))
	config := h.configure(t, l, "EX01", "contoso", "stable", "hub", "bundles/stable/acme.tar.gz")
	scan := func() string {
		t.Helper()
		code, _, stderr := exvetRun("agent", "scan", "--config-file", config)
		if code != 2 {
			t.Fatalf("agent scan: exit %d, %s", code, stderr)
		}
		return stderr
	}
	reports := func() []string {
		t.Helper()
		status, text := h.ask(t, "GET", "/api/v1/servers/"+h.servers(t)["EX01"].ID, nil, nil)
		var said struct {
			Reports []struct {
				ID string `json:"decision_id"`
			}
		}
		if err := json.Unmarshal(text, &said); err != nil || status != 200 {
			t.Fatalf("%d: %v: %s", status, err, text)
		}
		all := []string{}
		for _, each := range said.Reports {
			all = append(all, each.ID)
		}
		return all
	}
	spool := func() (all []string) {
		t.Helper()
		err := filepath.WalkDir(filepath.Join(filepath.Dir(config), "state", "spool"), func(path string, d fs.DirEntry, err error) error {
			if err == nil && strings.HasSuffix(path, ".json") {
				all = append(all, strings.TrimSuffix(filepath.Base(path), ".json"))
			}
			return err
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		return all
	}
	scan()
	if got := reports(); len(got) != 1 || len(spool()) != 0 {
		t.Fatalf("reports %q, spool %q before the disk is full", got, spool())
	}
	filler := filepath.Join(data, "filler")
	file, err := os.Create(filler)
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = file.Write(make([]byte, 4096))
	}
	if !errors.Is(err, syscall.ENOSPC) || file.Close() != nil {
		t.Fatalf("fill the disk: %v", err)
	}
	for range 2 {
		scan()
	}
	if got, kept := reports(), spool(); len(got) != 1 || len(kept) != 2 {
		t.Errorf("on a full disk the hub has %q and the agent keeps %q, want one and two; the hub says %s", got, kept, h.log.String())
	}
	if !strings.Contains(h.log.String(), "store an upload") {
		t.Errorf("the hub says nothing of uploads it could not store: %s", h.log.String())
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	scan()
	got, once := reports(), map[string]bool{}
	for _, id := range got {
		once[id] = true
	}
	if len(got) != 4 || len(once) != 4 || len(spool()) != 0 {
		t.Errorf("with room again the hub has %q, and the agent keeps %q", got, spool())
	}
}
