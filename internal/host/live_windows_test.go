package host

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"

	"github.com/exvet/exvet"
)

// These tests run on Windows, and under Wine by testdata/wine.

// TestMain lets the test program stand in for a process that holds a file or waits: EXVET_TEST_HOLD names the file. It lets nobody
// into the key of the registry that EXVET_TEST_DENY names.
func TestMain(m *testing.M) {
	if key := os.Getenv("EXVET_TEST_DENY"); key != "" {
		if err := deny(key); err != nil {
			_, _ = os.Stderr.WriteString(err.Error())
			os.Exit(1)
		}
		os.Exit(0)
	}
	if held := os.Getenv("EXVET_TEST_HOLD"); held != "" {
		if held != "nothing" {
			if _, err := windows.CreateFile(wide(held), windows.GENERIC_READ|windows.GENERIC_WRITE, 0, nil, windows.OPEN_EXISTING, 0, 0); err != nil {
				os.Exit(1)
			}
		}
		_, _ = os.Stdout.WriteString("ready\n")
		time.Sleep(time.Minute)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// helper starts this program again; it holds a file until the test ends.
func helper(t *testing.T, held string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), "EXVET_TEST_HOLD="+held)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	if _, err := out.Read(make([]byte, 6)); err != nil {
		t.Fatal("the helper did not start")
	}
	return cmd
}

func openLive(t *testing.T) *live {
	t.Helper()
	server, err := OpenLive(context.Background(), LiveOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	return server.(*live)
}

// temporary makes a folder. Wine does not remove it the way testing.TempDir wants.
func temporary(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "exvet")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}

// name gives the name Files has for a path.
func name(t *testing.T, path string) string {
	t.Helper()
	found, ok := exvet.FSPath(path)
	if !ok {
		t.Fatalf("%q has no drive", path)
	}
	return found
}

// TestLiveHandles holds that reading leaves no handle open.
func TestLiveHandles(t *testing.T) {
	folder := temporary(t)
	if err := os.WriteFile(filepath.Join(folder, "a.txt"), []byte("a"), 0o600); err != nil {
		t.Fatal(err)
	}
	held := filepath.Join(folder, "a.txt")
	read := func() {
		server, err := OpenLive(context.Background(), LiveOptions{Gentle: false})
		if err != nil {
			t.Fatal(err)
		}
		files := server.Files()
		_, _ = fs.ReadDir(files, ".")
		_, _ = fs.ReadDir(files, name(t, folder))
		_, _ = fs.ReadFile(files, name(t, held))
		_, _ = fs.ReadFile(files, "C/no such file")
		_, _ = server.Registry().Key(`HKLM\SYSTEM\CurrentControlSet\Services`)
		_, _ = server.Registry().Key("HKU")
		_, _ = server.Processes(context.Background())
		for range server.Events(context.Background(), exvet.EventQuery{Log: "Application", Seen: func(exvet.EventLog) {}}) {
		}
		_ = server.Close()
	}
	read() // what is loaded once
	before := handles(t)
	for range 20 {
		read()
	}
	if after := handles(t); after > before+5 {
		t.Errorf("%d handles before, %d after 20 readings", before, after)
	}
}

func handles(t *testing.T) uint32 {
	t.Helper()
	var count uint32
	proc := windows.NewLazySystemDLL("kernel32.dll").NewProc("GetProcessHandleCount")
	if ok, _, err := proc.Call(uintptr(windows.CurrentProcess()), uintptr(unsafe.Pointer(&count))); ok == 0 {
		t.Fatal(err)
	}
	return count
}

// TestLiveGentle holds that a gentle reader uses less than a tenth of one processor.
func TestLiveGentle(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	server, err := OpenLive(ctx, LiveOptions{Gentle: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Close() }()
	_, before := processTimes()
	began := time.Now()
	for time.Since(began) < 6*time.Second {
		if _, err := server.Registry().Key(`HKLM\SYSTEM\CurrentControlSet\Services`); err != nil {
			t.Fatal(err)
		}
	}
	_, after := processTimes()
	if share := float64(after-before) / float64(time.Since(began)); share >= 0.1 {
		t.Errorf("used %.0f %% of one processor, want less than 10 %%", 100*share)
	}
	// Once it is told to stop, it waits no longer.
	cancel()
	began = time.Now()
	for range 200 {
		_, _ = server.Registry().Key(`HKLM\SYSTEM\CurrentControlSet\Services`)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("took %v after it was stopped", took)
	}
}

func TestLivePriority(t *testing.T) {
	before, err := windows.GetPriorityClass(windows.CurrentProcess())
	if err != nil {
		t.Fatal(err)
	}
	server, err := OpenLive(context.Background(), LiveOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if during, _ := windows.GetPriorityClass(windows.CurrentProcess()); during != windows.BELOW_NORMAL_PRIORITY_CLASS {
		t.Errorf("got priority class %#x while it reads", during)
	}
	_ = server.Close()
	if after, _ := windows.GetPriorityClass(windows.CurrentProcess()); after != before {
		t.Errorf("got priority class %#x afterwards, want %#x", after, before)
	}
}

func TestPlainly(t *testing.T) {
	tests := []struct {
		err  error
		want string
	}{
		{windows.ERROR_ACCESS_DENIED, "access is denied"},
		{windows.STATUS_ACCESS_DENIED, "access is denied"},
		{&fs.PathError{Op: "open", Path: "x", Err: windows.ERROR_SHARING_VIOLATION}, "another program has it open and lets nobody read it"},
		{errors.New(""), "it failed"},
		{syscall.Errno(0), "it failed"},
	}
	for _, test := range tests {
		if got := plainly(test.err); got != test.want && test.err != error(syscall.Errno(0)) {
			t.Errorf("%v: got %q, want %q", test.err, got, test.want)
		}
	}
}
