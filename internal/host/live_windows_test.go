package host

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"

	"github.com/exvet/exvet"
)

// These tests run on Windows, and under Wine by testdata/wine.

// TestMain lets the test program stand in for a process that holds a file or waits: EXVET_TEST_HOLD names the file.
func TestMain(m *testing.M) {
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

func TestLiveFiles(t *testing.T) {
	files := openLive(t).files
	folder := temporary(t)
	write := func(path string) string {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("text"), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	plain := write(filepath.Join(folder, "Plain File.txt"))
	long := write(`\\?\` + filepath.Join(folder, strings.Repeat("n", 120), strings.Repeat("m", 120), strings.Repeat("o", 120)+".dll"))
	held := write(filepath.Join(folder, "held.txt"))
	helper(t, held)
	shared, err := os.OpenFile(write(filepath.Join(folder, "shared.txt")), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer shared.Close()
	hosts := write(files.native0(files.windows + "/System32/exvet-test.txt"))
	defer os.Remove(hosts)
	tests := []struct{ name, file, want string }{
		{"a file", name(t, plain), "text"},
		{"in any case", strings.ToUpper(name(t, plain)), "text"},
		{"a dot at its end", name(t, plain) + ".", "text"},
		{"a long path", name(t, long), "text"},
		{"open elsewhere", name(t, filepath.Join(folder, "shared.txt")), "text"},
		{"held by another", name(t, held), "another program has it open"},
		{"Sysnative", files.windows + "/Sysnative/exvet-test.txt", "text"},
		{"missing", name(t, plain) + "x", "file does not exist"},
		{"below a file", name(t, plain) + "/x", "file does not exist"},
		{"no drive", "1/x", "file does not exist"},
		{"a drive nobody has", "Q/x", "file does not exist"},
		{"a wild card", name(t, folder) + "/*.txt", "file does not exist"},
		{"upwards", "C/../x", "invalid argument"},
		{"a folder", name(t, folder), "is a folder"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text, err := fs.ReadFile(files, test.file)
			got := string(text)
			if err != nil {
				got = err.Error()
			}
			if got != test.want && !(err != nil && strings.Contains(got, test.want)) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	t.Run("described while held", func(t *testing.T) {
		if info, err := fs.Stat(files, name(t, held)); err != nil || info.Size() != 4 || info.IsDir() {
			t.Errorf("got %v, %v", info, err)
		}
	})
	t.Run("listed", func(t *testing.T) {
		entries, err := fs.ReadDir(files, name(t, folder))
		var got []string
		for _, entry := range entries {
			got = append(got, entry.Name())
		}
		if want := []string{"Plain File.txt", "held.txt", strings.Repeat("n", 120), "shared.txt"}; err != nil || !slices.Equal(got, want) {
			t.Errorf("got %v, %v; want %v", got, err, want)
		}
	})
	t.Run("drives", func(t *testing.T) {
		entries, err := fs.ReadDir(files, ".")
		if err != nil || !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == files.windows[:1] && e.IsDir() }) {
			t.Errorf("got %v, %v", entries, err)
		}
	})
	t.Run("deleted while it is read", func(t *testing.T) {
		path := write(filepath.Join(folder, "going.txt"))
		file, err := files.Open(name(t, path))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		if err := os.Remove(path); err != nil {
			t.Error(err)
		}
	})
}

// native0 gives the path of a name that is known to be good.
func (d *drives) native0(name string) string {
	path, _ := d.native("test", name)
	return path
}

const testKey = `SOFTWARE\exvet test`

func TestLiveRegistry(t *testing.T) {
	key, _, err := registry.CreateKey(registry.LOCAL_MACHINE, testKey, registry.ALL_ACCESS)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = registry.DeleteKey(registry.LOCAL_MACHINE, testKey) }()
	defer key.Close()
	large := strings.Repeat("x", 20_000)
	for _, err := range []error{
		key.SetStringValue("Text", "a"), key.SetStringValue("Large", large), key.SetDWordValue("Number", 7),
		key.SetStringsValue("Texts", []string{"a", "b"}), key.SetStringValue("", "default"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	server := openLive(t)
	got, err := server.Registry().Key(`hklm\software\EXVET TEST`)
	if err != nil {
		t.Fatal(err)
	}
	number, _ := got.Value("number")
	n, _ := number.Number()
	texts, _ := got.Value("Texts")
	if got.Text("text") != "a" || got.Text("large") != large || n != 7 || !slices.Equal(texts.Texts(), []string{"a", "b"}) || got.Text("") != "default" {
		t.Errorf("got %+v", got)
	}
	if age := time.Since(got.Written); age < -time.Minute || age > time.Hour {
		t.Errorf("written %v", got.Written)
	}
	tests := []struct {
		path string
		err  error
	}{
		{`HKLM\SOFTWARE\exvet no such key`, fs.ErrNotExist},
		{`HKCR\exvet`, fs.ErrNotExist},
		{`HKLM\SYSTEM\CurrentControlSet\Services`, nil},
		{`HKU\S-1-5-18`, nil},
		{`HKU\S-1-5-18\exvet no such key`, fs.ErrNotExist},
		{`HKU`, nil},
	}
	for _, test := range tests {
		t.Run(test.path, func(t *testing.T) {
			key, err := server.Registry().Key(test.path)
			if !errors.Is(err, test.err) || (key == nil) != (test.err != nil) {
				t.Errorf("got %v, %v; want %v", key, err, test.err)
			}
		})
	}
	users, _ := server.Registry().Key("HKU")
	if !slices.Contains(users.Keys, "S-1-5-18") || slices.Contains(users.Keys, ".DEFAULT") {
		t.Errorf("got accounts %v", users.Keys)
	}
}

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
