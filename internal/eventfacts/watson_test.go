package eventfacts

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/exvet/exvet"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// event is one of a provider with insertion strings.
func event(log, provider string, id int, all ...string) exvet.Event {
	return exvet.Event{Log: log, Record: 17, Time: noon, Provider: provider, ID: id, Level: 2, Strings: all}
}

// factsOf gives the facts of some events.
func factsOf(events ...exvet.Event) *Facts {
	var r Reader
	for _, e := range events {
		r.Add(e)
	}
	return r.Facts()
}

// only gives the one row of a table.
func only[R any](t *testing.T, rows []R) R {
	t.Helper()
	if len(rows) != 1 {
		t.Fatalf("got %d rows, want 1: %+v", len(rows), rows)
	}
	return rows[0]
}

func TestWatson(t *testing.T) {
	tests := []struct {
		name    string
		strings []string
		want    Watson
	}{
		{
			"the KB's, one string a parameter",
			[]string{"8844", "E12IIS", "c-RTL-AMD64", "15.02.1118.007", "w3wp#MSExchangeServicesAppPool", "M.Exchange.Diagnostics", "M.E.D.D.ConnectionPoolManager.BlockImpersonatedCallers", "M.E.D.D.ADTransientException", "1a2b", "15.02.1118.007", "True"},
			Watson{
				Row: Row{PID: 8844}, EventType: "E12IIS", Flavor: "c-RTL-AMD64", AppVersion: "15.02.1118.007", AppName: "w3wp#MSExchangeServicesAppPool",
				Pool: "MSExchangeServicesAppPool", Assembly: "M.Exchange.Diagnostics", Method: "M.E.D.D.ConnectionPoolManager.BlockImpersonatedCallers",
				Exception: "M.E.D.D.ADTransientException", Hash: "1a2b", AssemblyVersion: "15.02.1118.007", Parameters: 8, BlocksImpersonatedCallers: true,
			},
		},
		{
			"the KB's, the whole sentence in one string",
			[]string{"Watson report about to be sent for process id: 63200, with parameters: E12IIS, c-RTL-AMD64, 15.01.1979.003, w3wp#MSExchangeOWAAppPool, M.Exchange.Data.Directory, microsoft.exchange.data.directory.connectionpoolmanager.blockimpersonatedcallers, System.X, 6446-dumptidset, 15.01.1979.003.\r\nErrorReportingEnabled: True"},
			Watson{
				Row: Row{PID: 63200}, EventType: "E12IIS", Flavor: "c-RTL-AMD64", AppVersion: "15.01.1979.003", AppName: "w3wp#MSExchangeOWAAppPool",
				Pool: "MSExchangeOWAAppPool", Assembly: "M.Exchange.Data.Directory", Method: "microsoft.exchange.data.directory.connectionpoolmanager.blockimpersonatedcallers",
				Exception: "System.X", Hash: "6446-dumptidset", AssemblyVersion: "15.01.1979.003", Parameters: 8, BlocksImpersonatedCallers: true,
			},
		},
		{
			"one of Exchange's own, the sentence in another language",
			[]string{"Watson-Bericht wird für Prozess-ID 4 gesendet, Parameter: E12, c-RTL-AMD64, 15.02.0986.005, MSExchangeDelivery, M.Exchange.Transport, M.E.T.AcceptedDomainTable..ctor, System.FormatException, 28d7-DumpTidSet, 15.02.0986.005."},
			Watson{
				Row: Row{PID: 4}, EventType: "E12", Flavor: "c-RTL-AMD64", AppVersion: "15.02.0986.005", AppName: "MSExchangeDelivery", Assembly: "M.Exchange.Transport",
				Method: "M.E.T.AcceptedDomainTable..ctor", Exception: "System.FormatException", Hash: "28d7-DumpTidSet", AssemblyVersion: "15.02.0986.005", Parameters: 8,
			},
		},
		{
			"cut short",
			[]string{"77", "E12II", "c-RTL-AMD64", "15.02.0792.003", "edgetransport"},
			Watson{Row: Row{PID: 77}, EventType: "E12II", Flavor: "c-RTL-AMD64", AppVersion: "15.02.0792.003", AppName: "edgetransport", Parameters: 3},
		},
		{
			"the process, then the parameters in one string",
			[]string{"77", "E12N, c-RTL-AMD64, 15.02.0792.003, w3wp.exe#P, a, b, c, d, e"},
			Watson{
				Row: Row{PID: 77}, EventType: "E12N", Flavor: "c-RTL-AMD64", AppVersion: "15.02.0792.003", AppName: "w3wp.exe#P", Pool: "P", Assembly: "a", Method: "b",
				Exception: "c", Hash: "d", AssemblyVersion: "e", Parameters: 8,
			},
		},
		{"nothing", nil, Watson{}},
		{"something else", []string{"no parameters at all"}, Watson{Flavor: "no parameters at all", Parameters: 1}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := only(t, factsOf(event(application, "MSExchange Common", 4999, test.strings...)).Watson)
			want := test.want
			want.Row = Row{
				Log: application, Record: 17, Time: "2026-11-20T12:00:00.000Z", Provider: "MSExchange Common", ProviderKey: "msexchange common", ID: 4999,
				PID: test.want.PID, Count: 1,
			}
			want.AppKey, want.PoolKey = strings.ToLower(want.AppName), strings.ToLower(want.Pool)
			want.AssemblyKey, want.MethodKey, want.ExceptionKey = strings.ToLower(want.Assembly), strings.ToLower(want.Method), strings.ToLower(want.Exception)
			want.Text = got.Text
			if got != want {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
			if want.EventType != "" && !strings.HasPrefix(got.Text, want.EventType+", ") {
				t.Errorf("got text %q", got.Text)
			}
		})
	}
}

// A flood of other reports hides none that C1 rests on, and only the newest of a kind are kept.
func TestWatsonFlood(t *testing.T) {
	var r Reader
	for i := range 5_000 {
		e := event(application, "MSExchange Common", 4999, fmt.Sprint(i+1), "E12", "c", "15", fmt.Sprint("app", i%1_000), "M.A", "M.B", "M.C", "h", "v")
		e.Time = noon.Add(time.Duration(i) * time.Second)
		r.Add(e)
	}
	for i := range 5 {
		blocked := event(application, "MSExchange Common", 4999, "9", "E12IIS", "c", "15", "w3wp#P", "M.A", "M.E.D.ConnectionPoolManager.BlockImpersonatedCallers", "M.C", "h", "v")
		blocked.Record = uint64(100 + i)
		r.Add(blocked)
	}
	f := r.Facts()
	var records []uint64
	for _, row := range f.Watson {
		if row.BlocksImpersonatedCallers {
			records = append(records, row.Record)
			if row.Count != 5 {
				t.Errorf("got count %d, want 5", row.Count)
			}
		}
	}
	if !slices.Equal(records, []uint64{104, 103, 102}) {
		t.Errorf("got records %d, want the three newest", records)
	}
	if len(f.Watson) != 3+maxKinds*rowsPerKind || !slices.Equal(r.Full(), []string{"watson"}) {
		t.Errorf("got %d rows, full %q", len(f.Watson), r.Full())
	}
	if kind := only(t, f.Kinds); kind.Count != 5_005 || kind.First != "2026-11-20T12:00:00.000Z" || kind.Last != "2026-11-20T13:23:19.000Z" || len(f.Examples) != rowsPerKind {
		t.Errorf("got %+v, %d examples", kind, len(f.Examples))
	}
}

func TestImpersonatedCallers(t *testing.T) {
	inner, foreign := "Microsoft.Exchange.Data.Directory.ConnectionPoolManager.BlockImpersonatedCallers()", "Contoso.Sso.Gate.OnAuthenticate(Object sender, EventArgs e)"
	tests := []struct {
		name  string
		stack []string
	}{
		{"a frame a line", []string{"   at " + inner + "\r\n   at " + foreign}},
		{"in one line", []string{" at " + inner + " at " + foreign}},
		{"a frame a string", []string{"at " + inner, "at " + foreign}},
		{"cut anywhere", []string{"   at " + inner + "\r\n   at Contoso.Sso.Ga", "te.OnAuthenticate(Object sender, EventArgs e)"}},
		{"in German", []string{"   bei " + inner + "\n   bei " + foreign}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			caller := event(application, "MSExchange ADAccess", 2117, append([]string{`w3wp.exe`, "8844", `CONTOSO\svc-sso`}, test.stack...)...)
			report := event(application, "MSExchange Common", 4999, "8844", "E12IIS", "c", "15", "w3wp#MSExchangeOWAAppPool", "M.A", "M.B", "M.C", "h", "v")
			report.Time = noon.Add(time.Minute)
			late := event(system, "Microsoft-Windows-WAS", 5011, "OtherPool", "8844")
			late.Time = noon.Add(time.Hour) // another process by then
			row := only(t, factsOf(caller, report, late).ImpersonatedCallers)
			if row.PID != 8844 || row.AccountKey != `contoso\svc-sso` || row.ProcessKey != "w3wp.exe" || row.PoolKey != "msexchangeowaapppool" {
				t.Errorf("got %+v", row)
			}
			if !slices.Equal(row.Frames, []string{inner, foreign}) {
				t.Errorf("got frames %q", row.Frames)
			}
		})
	}
}
