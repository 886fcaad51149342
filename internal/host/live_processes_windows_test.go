package host

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/windows"

	"github.com/exvet/exvet"
)

func TestLiveProcesses(t *testing.T) {
	server := openLive(t)
	child := helper(t, "nothing", "with space", `"quoted"`)
	processes, err := server.Processes(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(processes, func(p exvet.Process) bool { return p.PID == child.Process.Pid })
	if at < 0 {
		t.Fatal("the helper is not in the list")
	}
	got := processes[at]
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if got.Parent != os.Getpid() || !strings.EqualFold(got.Image, self) || !strings.EqualFold(got.Name, filepath.Base(self)) || got.Unreadable != "" {
		t.Errorf("got %+v", got)
	}
	if !strings.Contains(got.CommandLine, `"with space"`) || !strings.HasPrefix(got.User, "S-1-5-") {
		t.Errorf("got command line %q, user %q", got.CommandLine, got.User)
	}
	if age := time.Since(got.Started); age < -time.Minute || age > 5*time.Minute {
		t.Errorf("started %v", got.Started)
	}
	for _, file := range []string{self, filepath.Join(os.Getenv("SystemRoot"), "system32", "kernel32.dll")} {
		if !slices.ContainsFunc(got.Modules, func(m exvet.Module) bool { return strings.EqualFold(m.Path, file) }) {
			t.Errorf("%q is not among the modules %v", file, got.Modules)
		}
	}
}

func TestLiveProcessEnded(t *testing.T) {
	server := openLive(t)
	child := helper(t, "nothing")
	held, err := windows.OpenProcess(windows.SYNCHRONIZE, false, uint32(child.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	process := exvet.Process{PID: child.Process.Pid, Name: "x"}
	_ = child.Process.Kill()
	if _, err := windows.WaitForSingleObject(held, 10_000); err != nil {
		t.Fatal(err)
	}
	look := newProcessLook(server.files)
	look.into(context.Background(), &process)
	if want := "it ended while it was looked at"; process.Unreadable != want || process.Modules != nil {
		t.Errorf("while a handle keeps it: got %+v", process)
	}
	_ = windows.CloseHandle(held)
	_ = child.Wait()
	process.Unreadable = ""
	look.into(context.Background(), &process)
	if want := "it ended while it was looked at"; process.Unreadable != want {
		t.Errorf("gone: got %q, want %q", process.Unreadable, want)
	}
}

// TestLivePrivilege holds that a right that was not in use is not in use afterwards.
func TestLivePrivilege(t *testing.T) {
	var token windows.Token
	if err := windows.OpenProcessToken(windows.CurrentProcess(), windows.TOKEN_ADJUST_PRIVILEGES|windows.TOKEN_QUERY, &token); err != nil {
		t.Fatal(err)
	}
	defer token.Close()
	for _, right := range []string{"SeDebugPrivilege", "SeTakeOwnershipPrivilege", "SeNoSuchPrivilege"} {
		var luid windows.LUID
		known := windows.LookupPrivilegeValue(nil, wide(right), &luid) == nil
		before := known && hasPrivilege(token, luid)
		during := false
		withPrivilege(right, func(held bool) { during = held && known && hasPrivilege(token, luid) })
		if after := known && hasPrivilege(token, luid); after != before {
			t.Errorf("%s: before %v, after %v", right, before, after)
		}
		if known != during {
			t.Errorf("%s: used %v, want %v", right, during, known)
		}
	}
}
