package collectors

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/exvet/exvet"
)

// ran is a disk of a server with the processes that ran on it.
type ran struct {
	disk

	list []exvet.Process
	err  error
}

func (r ran) Processes(context.Context) ([]exvet.Process, error) { return r.list, r.err }

const hostingConfig = `<configuration><system.applicationHost>
	<applicationPools><add name="MSExchangeOWAAppPool"/><add name="Renamed"/><add name="DefaultAppPool"/><add name="MSExchangeUnused"/><add name="Other"/></applicationPools>
	<sites>
		<site name="S" id="1">
			<application path="/" applicationPool="MSExchangeOWAAppPool"><virtualDirectory path="/" physicalPath="C:\inetpub\wwwroot"/></application>
			<application path="/owa" applicationPool="MSExchangeOWAAppPool"><virtualDirectory path="/" physicalPath="D:\Ex\FrontEnd\HttpProxy\owa"/></application>
			<application path="/ews" applicationPool="Renamed"><virtualDirectory path="/" physicalPath="D:\Ex\FrontEnd\HttpProxy\ews"/></application>
			<application path="/mapi" applicationPool="DefaultAppPool"><virtualDirectory path="/" physicalPath="D:\Ex\FrontEnd\HttpProxy\mapi"/></application>
			<application path="/shop" applicationPool="Other"><virtualDirectory path="/" physicalPath="D:\Shop"/></application>
		</site>
	</sites>
</system.applicationHost></configuration>`

const (
	workerImage = `C:\Windows\System32\inetsrv\w3wp.exe`
	system      = "S-1-5-18"
)

// worker is a worker of a pool with modules.
func worker(pid int, pool string, modules ...string) exvet.Process {
	return program(pid, workerImage, `c:\windows\system32\inetsrv\w3wp.exe -ap "`+pool+`" -v "v4.0" -t 20`, modules...)
}

func program(pid int, image, line string, modules ...string) exvet.Process {
	process := exvet.Process{
		PID: pid, Name: image[strings.LastIndexByte(image, '\\')+1:], Image: image, CommandLine: line, User: system, Modules: []exvet.Module{},
		Started: time.Date(2026, 11, 20, 7, 0, pid%60, 0, time.UTC),
	}
	for _, path := range modules {
		process.Modules = append(process.Modules, exvet.Module{Path: path})
	}
	return process
}

// with changes a process.
func with(process exvet.Process, change func(*exvet.Process)) exvet.Process {
	change(&process)
	return process
}

// runOn collects the processes of a server with hostingConfig, or with none.
func runOn(t *testing.T, config string, err error, list ...exvet.Process) (*Processes, []string) {
	t.Helper()
	files := map[string]string{"C/Windows/win.ini": "x"}
	if config != "" {
		files["C/Windows/System32/inetsrv/config/applicationHost.config"] = config
	}
	found, err := collectProcesses(context.Background(), ran{disk: newDisk(files), list: list, err: err})
	var gaps []string
	for _, leaf := range leaves(err) {
		var missing exvet.Missing
		if !errors.As(leaf, &missing) {
			t.Fatalf("not a Missing: %v", leaf)
		}
		gaps = append(gaps, fmt.Sprintf("%s %s", missing.Scope, strings.Join(missing.Facts, ",")))
	}
	return found, gaps
}

func TestExaminedProcesses(t *testing.T) {
	unreadable := func(p *exvet.Process) {
		*p = exvet.Process{PID: p.PID, Name: p.Name, Unreadable: "access is denied"}
	}
	tests := []struct {
		name     string
		process  exvet.Process
		examined bool
		gaps     []string
	}{
		{"a worker of Exchange", worker(9, "msexchangeowaapppool"), true, nil},
		{"a worker of a pool Exchange's application is in", worker(9, "Renamed"), true, nil},
		{"a worker of Exchange's that no application has", worker(9, "MSExchangeUnused"), true, nil},
		{"a worker of DefaultAppPool", worker(9, "DefaultAppPool"), false, nil},
		{"a worker of another pool", worker(9, "Other"), false, nil},
		{"a worker by the server's list, whatever its command line", with(worker(9, "Other"), func(p *exvet.Process) { p.Pool = "MSExchangeOWAAppPool" }), true, nil},
		{"a worker nobody can place", with(worker(9, ""), unreadable), true, []string{"process:w3wp.exe 9 processes.list,processes.workers,processes.modules"}},
		{"a worker of another pool nobody can read", with(worker(9, ""), func(p *exvet.Process) {
			unreadable(p)
			p.Pool = "Other"
		}), false, nil},
		{"a program of Exchange", program(9, `d:\EX\bin\msexchangerepl.exe`, ""), true, nil},
		{"a program in another folder that begins alike", program(9, `D:\ExTools\tool.exe`, ""), false, nil},
		{"another program of Exchange's name", program(9, `C:\Temp\MSExchangeRepl.exe`, ""), false, nil},
		{"a service of Exchange elsewhere", with(program(9, `C:\Temp\x.exe`, ""), func(p *exvet.Process) { p.Services = []string{"MSExchangeRepl"} }), true, nil},
		{"a program of Exchange nobody can read", with(program(9, `D:\Ex\bin\EdgeTransport.exe`, ""), unreadable), true, []string{"process:EdgeTransport.exe 9 processes.list,processes.modules"}},
		{"another program nobody can read", with(program(9, `C:\x\MsMpEng.exe`, ""), unreadable), false, nil},
		{"modules unknown without a reason", with(worker(9, "Renamed"), func(p *exvet.Process) { p.Modules = nil }), true, []string{"process:w3wp.exe 9 processes.modules"}},
		{"a part of the modules", with(worker(9, "Renamed"), func(p *exvet.Process) { p.Unreadable = "it ended" }), true, []string{"process:w3wp.exe 9 processes.modules"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			found, gaps := runOn(t, hostingConfig, nil, worker(1, "MSExchangeOWAAppPool"), worker(2, "Renamed"), test.process)
			last := found.List[len(found.List)-1]
			if last.Examined != test.examined {
				t.Errorf("examined: got %v, want %v", last.Examined, test.examined)
			}
			if !slices.Equal(gaps, test.gaps) {
				t.Errorf("gaps: got %q, want %q", gaps, test.gaps)
			}
		})
	}
}

func TestColdPools(t *testing.T) {
	_, gaps := runOn(t, hostingConfig, nil, worker(1, "MSExchangeOWAAppPool"), worker(2, "Other"))
	if want := []string{"pool:Renamed processes.modules,processes.workers"}; !slices.Equal(gaps, want) {
		t.Errorf("got %q, want %q", gaps, want)
	}
	found, gaps := runOn(t, "", nil, worker(1, "Anything"))
	if len(gaps) != 0 || !found.List[0].Examined {
		t.Errorf("without IIS configuration: got %q, examined %v", gaps, found.List[0].Examined)
	}
}

func TestModulesAreListedOnce(t *testing.T) {
	found, _ := runOn(t, hostingConfig, nil,
		worker(2, "Renamed", `C:\A.dll`, `C:\b.dll`), worker(1, "MSExchangeOWAAppPool", `c:\a.dll`, `c:\a.dll`, ""), worker(3, "Other", `C:\c.dll`))
	var got []string
	for _, module := range found.Modules {
		got = append(got, fmt.Sprint(module.Path, module.PIDs))
	}
	if want := []string{`c:\a.dll[1 2]`, `C:\b.dll[2]`}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestProcessRows(t *testing.T) {
	child := func(pid, parent int, line string) exvet.Process {
		return with(program(pid, `C:\Windows\System32\cmd.exe`, line), func(p *exvet.Process) { p.Parent = parent })
	}
	found, _ := runOn(t, hostingConfig, nil,
		worker(1, "MSExchangeOWAAppPool"), worker(2, "Renamed"), worker(30, "Other"),
		child(40, 1, "cmd -password hunter2"), child(41, 30, "cmd /c x"), child(42, 777, ""), with(child(29, 30, ""), func(p *exvet.Process) { p.User = "s-1-5-20" }))
	var got []string
	for _, row := range found.List[2:] {
		got = append(got, fmt.Sprintf("%d<%d %s %s %q", row.PID, row.Parent, row.Key, row.SID, row.CommandLine))
	}
	want := []string{
		`29<0 cmd.exe S-1-5-20 ""`, `30<0 w3wp.exe S-1-5-18 ""`, `40<1 cmd.exe S-1-5-18 "cmd -password [secret]"`,
		`41<30 cmd.exe S-1-5-18 ""`, `42<0 cmd.exe S-1-5-18 ""`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestProcessesMissing(t *testing.T) {
	for _, test := range []struct {
		name  string
		err   error
		list  []exvet.Process
		facts bool
		gaps  []string
	}{
		{"no evidence", exvet.ErrNoEvidence, nil, false, []string{" processes"}},
		{"a list cut off", exvet.Missing{File: "exvet/processes.json", Line: 3, Reason: "x"}, []exvet.Process{worker(1, "MSExchangeOWAAppPool"), worker(2, "Renamed")}, true, []string{" processes"}},
		{"denied", errors.New("access is denied"), nil, false, []string{" processes"}},
		{"an empty list", nil, nil, false, []string{" processes"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			found, gaps := runOn(t, hostingConfig, test.err, test.list...)
			if (found != nil) != test.facts || !slices.Equal(gaps, test.gaps) {
				t.Errorf("got facts %v, gaps %q", found != nil, gaps)
			}
		})
	}
}

func TestArguments(t *testing.T) {
	for line, want := range map[string][]string{
		`w3wp.exe -ap "My Pool" -v ""`: {"w3wp.exe", "-ap", "My Pool", "-v", ""}, `"C:\a b\x" -AP P`: {`C:\a b\x`, "-AP", "P"}, "": nil, `-ap`: {"-ap"},
	} {
		if got := argumentsOf(line); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", line, got, want)
		}
	}
}

// BenchmarkProcesses collects what a large server runs: 60 processes of Exchange with 500 modules each.
func BenchmarkProcesses(b *testing.B) {
	var list []exvet.Process
	for pid := range 250 {
		pool := "Other"
		if pid < 60 {
			pool = "MSExchangeOWAAppPool"
		}
		var modules []string
		for i := range 500 {
			modules = append(modules, fmt.Sprintf(`C:\Windows\System32\module%d.dll`, i*(1+pid%6)))
		}
		list = append(list, worker(pid+1, pool, modules...))
	}
	host := ran{disk: newDisk(map[string]string{"C/Windows/System32/inetsrv/config/applicationHost.config": hostingConfig}), list: list}
	for b.Loop() {
		if found, _ := collectProcesses(context.Background(), host); len(found.Modules) < 500 {
			b.Fatal(len(found.Modules))
		}
	}
}
