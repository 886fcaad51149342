package wine_test

import (
	"compress/gzip"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/exvet/exvet/internal/decision"
)

// TestAgentService installs the agent as a service of Windows, which scans the server it runs on, and takes it away again.
func TestAgentService(t *testing.T) {
	s := newServer(t, "clean", "WINEDEBUG=-all,trace+eventlog,warn+eventlog,err+eventlog") // Wine keeps no messages, and prints them
	var lock sync.Mutex
	var got []decision.Result
	shown := map[string]bool{} // what the agent showed of itself
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lock.Lock()
		shown[r.Header.Get("Authorization")] = true
		lock.Unlock()
		if r.URL.Path == "/enrol/rotate" {
			_, _ = w.Write([]byte(`{"server": "EX01", "token": "fresh", "expires_at": "2099-12-31T00:00:00Z"}`))
			return
		}
		if r.URL.Path != "/logs" {
			w.WriteHeader(http.StatusServiceUnavailable) // of which the agent warns
			return
		}
		var events []decision.Event
		unzipped, err := gzip.NewReader(r.Body)
		if err == nil {
			err = json.NewDecoder(unzipped).Decode(&events)
		}
		if err != nil {
			t.Errorf("read a decision: %v", err)
		}
		lock.Lock()
		defer lock.Unlock()
		for _, event := range events {
			var result decision.Result
			if err := json.Unmarshal(event.Result, &result); err != nil {
				t.Errorf("read a result: %v", err)
			}
			got = append(got, result)
		}
	}))
	defer receiver.Close()
	arrived := func(cause decision.Cause) *decision.Result {
		t.Helper()
		for end := time.Now().Add(4 * time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
			lock.Lock()
			for i := range got {
				if got[i].Cause == cause {
					defer lock.Unlock()
					return &got[i]
				}
			}
			lock.Unlock()
		}
		return nil
	}
	const config, token = `C:\exvet\agent.yaml`, `C:\exvet\hub.token`
	s.write(s.unix(token), []byte("old"))
	s.write(s.unix(config), []byte("services: {hub: {url: \""+receiver.URL+"\", credentials: {bearer: {token_path: hub.token}}}}\npersistence_directory: 'C:\\exvet\\state'\n"+
		"status: {service: hub}\ndecision_logs: {service: hub}\nexvet: {poll: 1s, gentle: false}\n"))
	// A machine with much to do takes longer than the ten seconds Wine allows.
	s.reg("[HKEY_LOCAL_MACHINE\\System\\CurrentControlSet\\Control]\n\"ServicesPipeTimeout\"=dword:0001d4c0\n")
	if out := s.exvet("agent", "install", "--config-file", config); out.code != 0 {
		t.Fatalf("install: exit %d, %s", out.code, out.stderr)
	}
	if out := s.exvet("agent", "install", "--config-file", config); out.code != 4 || !strings.Contains(out.stderr, "agent/installed") {
		t.Errorf("install twice: exit %d, %s", out.code, out.stderr)
	}
	first := arrived(decision.AtStart)
	if first == nil {
		t.Fatal("the service has sent no result: " + s.exvet("agent", "status", "--config-file", config).stderr)
	}
	if first.Kind != decision.Whole || first.Report.Servers[0].Source != "this server" || first.Report.Servers[0].Summary.Rules < 100 {
		t.Errorf("result %s %s of %d rules; want a whole report of this server", first.Kind, first.Error, first.Report.Servers[0].Summary.Rules)
	}
	if out := s.exvet("agent", "status", "--config-file", config); out.code != 0 || !strings.Contains(out.stdout, "runs since") {
		t.Errorf("status: exit %d, %s%s", out.code, out.stdout, out.stderr)
	}
	if out := s.exvet("agent", "scan", "--config-file", config); !strings.HasPrefix(out.stdout, "exit ") {
		t.Errorf("scan: exit %d, %s%s", out.code, out.stdout, out.stderr)
	}
	if arrived(decision.OnRequest) == nil {
		t.Error("the scan that was asked for has not arrived")
	}
	if out := s.exvet("agent", "rotate", "--config-file", config); out.code != 0 || !strings.Contains(out.stdout, token) {
		t.Errorf("rotate: exit %d, %s%s", out.code, out.stdout, out.stderr)
	}
	if text, err := os.ReadFile(s.unix(token)); err != nil || string(text) != "fresh" {
		t.Errorf("the token is %q, %v", text, err)
	}
	for end := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		lock.Lock()
		old, fresh := shown["Bearer old"], shown["Bearer fresh"]
		lock.Unlock()
		if old && fresh {
			break
		}
		if time.Now().After(end) {
			t.Errorf("the service showed the old token: %v, the new one: %v", old, fresh)
			break
		}
	}
	if told := s.told(); !has(told, "trace", "the agent started") || !has(told, "trace", "a scan ended", "exit: ") || !has(told, "warn", "not well", "about: status", "503") {
		t.Errorf("the event log was given %q", told)
	}
	source := func() string {
		text, _ := s.combined(s.command(wine, "reg", "query", `HKLM\SYSTEM\CurrentControlSet\Services\EventLog\Application\exvet-agent`)) // or it is not there
		return text
	}
	if text := source(); !strings.Contains(text, `EventCreate.exe`) || !strings.Contains(text, "TypesSupported    REG_DWORD    0x7") {
		t.Errorf("the event log knows of the source: %s", text)
	}
	if out := s.exvet("agent", "uninstall"); out.code != 0 {
		t.Fatalf("uninstall: exit %d, %s", out.code, out.stderr)
	}
	if text := source(); strings.Contains(text, "EventCreate") {
		t.Errorf("the event log still knows the source: %s", text)
	}
	if out := s.exvet("agent", "status", "--config-file", config); out.code != 1 || !strings.Contains(out.stdout, "does not run") {
		t.Errorf("status afterwards: exit %d, %s%s", out.code, out.stdout, out.stderr)
	}
	if out := s.exvet("agent", "uninstall"); out.code != 4 || !strings.Contains(out.stderr, "agent/not-installed") {
		t.Errorf("uninstall twice: exit %d, %s", out.code, out.stderr)
	}
}

// told lists what was written to the event log, as Wine prints it: "00bc:trace:eventlog:ReportEventW L..." and the like.
func (s *server) told() []string {
	s.t.Helper()
	var lines []string
	files, err := filepath.Glob(filepath.Join(filepath.Dir(s.t.TempDir()), "*", "*"))
	s.check(err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		s.check(err)
		for line := range strings.Lines(string(text)) {
			if strings.Contains(line, ":eventlog:ReportEventW ") {
				lines = append(lines, line)
			}
		}
	}
	return lines
}
