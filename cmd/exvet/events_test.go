package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/evtx/evtxtest"
)

// TestEventLogs judges written event logs on the clean made server, from the files to the findings: the golden says
// what each kind of event is found as.
func TestEventLogs(t *testing.T) {
	top := t.TempDir()
	if err := os.CopyFS(top, os.DirFS(filepath.Join(evidence, "clean"))); err != nil {
		t.Fatal(err)
	}
	write := func(log string, events ...exvet.Event) {
		records := []evtxtest.Record{{Event: exvet.Event{
			Record: 1, Time: fixtureTime.Add(-30 * 24 * time.Hour), Provider: "EventLog", ID: 6005, Channel: log,
		}}}
		for i, event := range events {
			event.Record, event.Time, event.Channel = uint64(i+2), fixtureTime.Add(time.Duration(i-100)*time.Minute), log
			records = append(records, evtxtest.Record{Event: event})
		}
		name := filepath.Join(top, "C", "Windows", "System32", "winevt", "Logs", log+".evtx")
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, evtxtest.Write(records, evtxtest.Options{}), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	const profiler = ".NET Runtime version 4.0.30319.0 - "
	write(
		"Application",
		exvet.Event{Provider: "MSExchange ADAccess", ID: 2117, Strings: []string{
			"w3wp.exe", "4711", `CONTOSO\svc-sso`, "at Microsoft.Exchange.Data.Directory.ConnectionPoolManager.BlockImpersonatedCallers()\r\nat Contoso.Sso.Gate.OnRequest()",
		}},
		exvet.Event{Provider: "MSExchange Common", ID: 4999, Strings: []string{
			"4711", "E12IIS", "c-RTL-AMD64", "15.02.1118.007", "w3wp#MSExchangeServicesAppPool", "M.E.Data.Directory",
			"M.E.D.D.ConnectionPoolManager.BlockImpersonatedCallers", "M.E.D.D.ImpersonatedCallerException", "28d7", "15.02.1118.007",
		}},
		// Exchange's own, of which there are some on every server.
		exvet.Event{Provider: "MSExchange Common", ID: 4999, Strings: []string{
			"4712", "E12IIS", "c-RTL-AMD64", "15.02.1118.007", "w3wp#MSExchangeOWAAppPool", "M.Exchange.Security",
			"M.E.S.O.V1ProfileLocalTokenIssuer..ctor", "M.E.S.OAuth.OAuthTokenRequestFailedException", "1a2b", "15.02.1118.007",
		}},
		exvet.Event{Provider: "Application Error", ID: 1000, Strings: []string{
			"w3wp.exe", "10.0", "5a", "ContosoHook.dll", "1.2", "5b", "c0000005", "00012345", "1a2c", "01d",
			`c:\windows\system32\inetsrv\w3wp.exe`, `D:\Contoso\ContosoHook.dll`, "guid",
		}},
		exvet.Event{Provider: "Microsoft-Windows-IIS-W3SVC-WP", ID: 2280, Strings: []string{`D:\Contoso\gate.dll`}},
		exvet.Event{Provider: ".NET Runtime", ID: 1022, Strings: []string{
			profiler + "The profiler has requested that the CLR instance not load the profiler into this process.  Profiler CLSID: 'AppDynamics.AgentProfiler'.  Process ID (decimal): 4713.  Message ID: [0x2516].",
		}},
		exvet.Event{Provider: ".NET Runtime", ID: 1022, Strings: []string{
			profiler + "Loading profiler failed during CoCreateInstance.  Profiler CLSID: '{0A1B2C3D-0000-0000-0000-000000000001}'.  HRESULT: 0x80040154.  Process ID (decimal): 4714.  Message ID: [0x2504].",
		}},
	)
	write("System", exvet.Event{Provider: "Microsoft-Windows-WAS", ID: 5021, Strings: []string{"MSExchangeOWAAppPool"}})
	var out, errs bytes.Buffer
	args := []string{"scan", top, "-o", "json", "--rule", "EXV-EVT-*", "--now", fixtureTime.Format(time.RFC3339)}
	if got := run(args, nil, &out, &errs); got != exvet.ExitFindings {
		t.Errorf("exit code %d, want %d: %s", got, exvet.ExitFindings, errs.String())
	}
	golden(t, filepath.Join("testdata", "evidence", "events.txt"), summary(t, out.Bytes()))
}
