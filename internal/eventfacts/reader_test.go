package eventfacts

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/exvet/exvet"
)

// rows gives what a row says beside what every row has, and beside its text and keys, as JSON.
func rows(t *testing.T, table any) string {
	t.Helper()
	encoded, err := json.Marshal(table)
	if err != nil {
		t.Fatal(err)
	}
	var all []map[string]any
	if err := json.Unmarshal(encoded, &all); err != nil {
		t.Fatal(err)
	}
	for _, row := range all {
		for _, name := range []string{"log", "record", "time", "provider", "provider_key", "id", "count", "text"} {
			delete(row, name)
		}
		for name, value := range row {
			if value == "" || strings.HasSuffix(name, "_key") && value == strings.ToLower(stringOf(row[strings.TrimSuffix(name, "_key")])) ||
				reflect.DeepEqual(value, []any{}) || value == 0.0 || value == false {
				delete(row, name)
			}
		}
	}
	encoded, _ = json.Marshal(all)
	return string(encoded)
}

func stringOf(value any) string {
	text, _ := value.(string)
	return text
}

const (
	managedCrash = "Application: w3wp.exe\nFramework Version: v4.0.30319\nDescription: The process was terminated due to an unhandled exception.\nException Info: System.NullReferenceException\n   at Contoso.Sso.Gate.Check(System.String)\n   at System.Web.HttpApplication.ExecuteStep()\n"
	failFast     = "Anwendung: w3wp.exe\nFrameworkversion: v4.0.30319\nBeschreibung: Die Anwendung forderte die Beendigung an.\nMeldung: blocked\nStapel:\n   bei System.Environment.FailFast(System.String)\n"
	profiler     = "The profiler has requested that the CLR instance not load the profiler into this process.  Profiler CLSID: 'AppDynamics.AgentProfiler'.  Process ID (decimal): 3224.  Message ID: [0x2516]."
	profilerFail = ".NET Runtime version 4.0.30319.0 - Loading profiler failed during CoCreateInstance.  Profiler CLSID: '{71DA0A04-7777-4EC6-9643-7D28B46A8A41}'.  HRESULT: 0x80040154.  Process ID (decimal): 5552.  Message ID: [0x2504]."
)

func TestTables(t *testing.T) {
	namedWAS := event(system, "Microsoft-Windows-WAS", 5011, "P1", "42")
	namedWAS.Data = []exvet.EventDatum{{Name: "AppPoolID", Value: "MSExchangeSyncAppPool"}, {Name: "ProcessID", Value: "4711"}}
	change := event(iisConfig, "Microsoft-Windows-IIS-Configuration", 50)
	change.User = "S-1-5-18"
	change.Data = []exvet.EventDatum{
		{Name: "EditOperationType", Value: "4"}, {Name: "Configuration", Value: "/system.webServer/modules/add"}, {Name: "ConfigPath", Value: "MACHINE/WEBROOT/APPHOST"},
		{Name: "NewValue", Value: "SsoGate"},
	}
	secret := event(iisConfig, "Microsoft-Windows-IIS-Configuration", 29)
	secret.Data = []exvet.EventDatum{{Name: "Configuration", Value: "/x/add[@name='P']/processModel/@password"}, {Name: "NewValue", Value: "hunter2"}}
	web := make([]string, 30)
	web[0], web[11], web[14], web[16], web[17], web[20] = "3005", `E:\Mail\FrontEnd\HttpProxy\owa\`, "99", `NT AUTHORITY\SYSTEM`, "NullReferenceException", "/owa/auth.owa?ticket=secret"
	web[29] = "   at Contoso.Sso.Gate.OnBegin(Object sender, EventArgs e)\n   at System.Web.HttpApplication.ExecuteStep()"
	tests := []struct {
		name  string
		event exvet.Event
		table func(*Facts) any
		want  string
	}{
		{
			"a fault", event(application, "Application Error", 1000, "w3wp.exe", "10.0", "5a", "ContosoHook.dll", "1.2", "5b", "c0000005", "00012345", "1a2c", "01d", `c:\windows\system32\inetsrv\w3wp.exe`, `D:\Contoso\ContosoHook.dll`, "guid"),
			func(f *Facts) any { return f.Crashes },
			`[{"application":"w3wp.exe","application_path":"c:\\windows\\system32\\inetsrv\\w3wp.exe","code":"c0000005","kind":"fault","module":"ContosoHook.dll","module_path":"D:\\Contoso\\ContosoHook.dll","pid":6700}]`,
		},
		{
			"an unhandled exception", event(application, ".NET Runtime", 1026, managedCrash), func(f *Facts) any { return f.Crashes },
			`[{"application":"w3wp.exe","exception":"System.NullReferenceException","frames":["Contoso.Sso.Gate.Check(System.String)","System.Web.HttpApplication.ExecuteStep()"],"kind":"unhandled"}]`,
		},
		{
			"a fail-fast in German", event(application, ".NET Runtime", 1025, failFast), func(f *Facts) any { return f.Crashes },
			`[{"application":"w3wp.exe","frames":["System.Environment.FailFast(System.String)"],"kind":"fail_fast"}]`,
		},
		{
			"a report", event(application, "Windows Error Reporting", 1001, "bucket", "5", "E12IIS", "Not available", "0", "c-RTL-AMD64", "15.02", "w3wp#MSExchangeOWAAppPool", "M.A", "M.B", "M.C"),
			func(f *Facts) any { return f.Crashes },
			`[{"app_name":"w3wp#MSExchangeOWAAppPool","application":"w3wp","exception":"M.C","kind":"report","pool":"MSExchangeOWAAppPool","report_type":"E12IIS"}]`,
		},
		{"a report of no process", event(application, "Windows Error Reporting", 1001, "", "0", "WindowsUpdateFailure3"), func(f *Facts) any { return f.Crashes }, `[]`},
		{
			"a profiler that declines", event(application, ".NET Runtime", 1022, profiler), func(f *Facts) any { return f.Profilers },
			`[{"clsid":"AppDynamics.AgentProfiler","meaning":"declined","message_id":"0x2516","pid":3224}]`,
		},
		{
			"a profiler that fails, under the same number", event(application, ".NET Runtime", 1022, profilerFail), func(f *Facts) any { return f.Profilers },
			`[{"clsid":"{71DA0A04-7777-4EC6-9643-7D28B46A8A41}","clsid_key":"71da0a04-7777-4ec6-9643-7d28b46a8a41","hresult":"0x80040154","meaning":"load_failed","message_id":"0x2504","pid":5552}]`,
		},
		{
			"a profiler that loads, without an id", event(application, ".NET Runtime", 1022, "The profiler was loaded successfully. Profiler CLSID: '{X}'."),
			func(f *Facts) any { return f.Profilers }, `[{"clsid":"{X}","clsid_key":"x","meaning":"loaded"}]`,
		},
		{"a profiler is no crash", event(application, ".NET Runtime", 1023, profilerFail), func(f *Facts) any { return f.Crashes }, `[]`},
		{
			"a module", event(application, "Microsoft-Windows-IIS-W3SVC-WP", 2280, `C:\Program Files\Contoso\gate.dll`), func(f *Facts) any { return f.ModuleFailures },
			`[{"image":"C:\\Program Files\\Contoso\\gate.dll","kind":"load"}]`,
		},
		{
			"a filter of another bitness", event(application, "W3SVC-WP", 2282, `%windir%\x.dll`, "AMD64"), func(f *Facts) any { return f.ModuleFailures },
			`[{"image":"%windir%\\x.dll","kind":"architecture"}]`,
		},
		{
			"an identity", event(system, "WAS", 5021, "MSExchangeOWAAppPool"), func(f *Facts) any { return f.WAS },
			`[{"kind":"identity","pool":"MSExchangeOWAAppPool"}]`,
		},
		{
			"a pool with names", namedWAS, func(f *Facts) any { return f.WAS },
			`[{"kind":"communication","pid":4711,"pool":"MSExchangeSyncAppPool"}]`,
		},
		{
			"a process before the pool", event(system, "WAS", 5127, "4711", "MSExchangeOWAAppPool"), func(f *Facts) any { return f.WAS },
			`[{"kind":"untrusted","pid":4711,"pool":"MSExchangeOWAAppPool"}]`,
		},
		{
			"an agent", event(application, "MSExchange Extensibility", 1051, "Contoso Archiver", "System.IO.IOException", "disk", "OnSubmittedMessage"),
			func(f *Facts) any { return f.Agents },
			`[{"agent":"Contoso Archiver","event":"OnSubmittedMessage","exception":"System.IO.IOException","kind":"exception"}]`,
		},
		{
			"a factory that does not load",
			event(application, "MSExchangeTransport", 7001, `Failed to create type 'Contoso.AgentFactory' from assembly 'D:\Contoso\agent.dll' due to error 'Invalid agent assembly path.'`),
			func(f *Facts) any { return f.Agents },
			`[{"assembly":"D:\\Contoso\\agent.dll","factory":"Contoso.AgentFactory","kind":"start"}]`,
		},
		{
			"a service that is installed", event(system, "Service Control Manager", 7045, "ContosoSvc", `"C:\c\svc.exe" --password=hunter2 -token abc`, "user mode service", "auto start", `CONTOSO\svc`),
			func(f *Facts) any { return f.Services },
			`[{"account":"CONTOSO\\svc","image":"\"C:\\c\\svc.exe\" --password=[secret] -token [secret]","kind":"installed","name":"ContosoSvc","service":"ContosoSvc","start_type":"auto start"}]`,
		},
		{
			"a service that ends", event(system, "Service Control Manager", 7031, "Microsoft Exchange Transport", "1", "5000", "1", "Restart"),
			func(f *Facts) any { return f.Services }, `[{"kind":"terminated","service":"Microsoft Exchange Transport"}]`,
		},
		{
			"a module that is added", change, func(f *Facts) any { return f.ConfigChanges },
			`[{"config_path":"MACHINE/WEBROOT/APPHOST","configuration":"/system.webServer/modules/add","new_value":"SsoGate","operation":"4","user":"S-1-5-18"}]`,
		},
		{
			"a password that is set", secret, func(f *Facts) any { return f.ConfigChanges },
			`[{"configuration":"/x/add[@name='P']/processModel/@password","new_value":"[secret]"}]`,
		},
		{
			"an agent that is installed",
			event(management, "MSExchange CmdletLogs", 1, "Install-TransportAgent", `-Name "Contoso" -Password "x y"`, "contoso/Users/a", "S-1-5-21-1", "S-1-5-21-1", "host", "5668", "w3wp#MSExchangePowerShellAppPool"),
			func(f *Facts) any { return f.Cmdlets },
			`[{"account":"contoso/Users/a","cmdlet":"Install-TransportAgent","parameters":"-Name \"Contoso\" -Password [secret]","pid":5668,"process":"w3wp#MSExchangePowerShellAppPool","sid":"S-1-5-21-1"}]`,
		},
		{"a cmdlet that integrates nothing", event(management, "MSExchange CmdletLogs", 1, "Get-Mailbox"), func(f *Facts) any { return f.Cmdlets }, `[]`},
		{
			"a web event", event(application, "ASP.NET 4.0.30319.0", 1309, web...), func(f *Facts) any { return f.WebErrors },
			`[{"account":"NT AUTHORITY\\SYSTEM","application":"E:\\Mail\\FrontEnd\\HttpProxy\\owa\\","code":"3005","exception":"NullReferenceException","frames":["Contoso.Sso.Gate.OnBegin(Object sender, EventArgs e)","System.Web.HttpApplication.ExecuteStep()"],"path":"/owa/auth.owa","pid":99}]`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := rows(t, test.table(factsOf(test.event)))
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// Events with too few strings, or none, give rows without them.
func TestShortEvents(t *testing.T) {
	for _, source := range Sources() {
		for _, provider := range append([]string{"Other"}, source.Providers...) {
			for _, id := range source.IDs {
				for _, all := range [][]string{nil, {""}, {"a"}, {"1", "2"}, {"x, y", "'", "{", "E12,", "0x"}} {
					f := factsOf(event(source.Log, provider, id, all...))
					if len(f.Kinds) != 1 || len(f.Examples) != 1 {
						t.Fatalf("%s %d: got %d kinds, %d examples", provider, id, len(f.Kinds), len(f.Examples))
					}
				}
			}
		}
	}
}
