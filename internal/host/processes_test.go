package host

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/exvet/exvet"
)

const twoProcesses = `[
	{"pid": 4, "name": "System", "unreadable": "access is denied"},
	{"pid": 812, "parent": 4, "session": 0, "name": "w3wp.exe", "image": "C:\\Windows\\System32\\inetsrv\\w3wp.exe",
	 "command_line": "w3wp.exe -ap \"P\"", "user": "S-1-5-18", "account": "NT AUTHORITY\\SYSTEM", "started": "2026-11-20T09:00:00+01:00",
	 "services": ["W3SVC"], "pool": "P", "modules": [{"path": "C:\\a.dll"}]}
]`

func TestProcesses(t *testing.T) {
	utf16 := "\xff\xfe"
	for _, c := range []byte(twoProcesses) {
		utf16 += string([]byte{c, 0})
	}
	many := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `%s{"pid":%d,"name":"a"}`, map[bool]string{true: ","}[i > 0], i)
		}
		return "[" + b.String() + "]"
	}
	const both = `4 System 0001-01-01T00:00:00Z []|812 w3wp.exe 2026-11-20T08:00:00Z [{C:\a.dll}]`
	tests := []struct {
		name string
		file string // of evidence, relative
		text string
		want string // "pid name started modules" each
		err  string
	}{
		{"a list", "exvet/processes.json", twoProcesses, both, ""},
		{"in any case", "EXVET/Processes.JSON", twoProcesses, both, ""},
		{"as Windows PowerShell writes it", "exvet/processes.json", utf16, both, ""},
		{"none", "exvet/other.json", "[]", "", "exvet/processes.json: not in the evidence"},
		{"an empty list", "exvet/processes.json", "[]", "", ""},
		{"an empty file", "exvet/processes.json", "", "", "exvet/processes.json:1: it is no array of processes"},
		{"an object", "exvet/processes.json", "{}", "", "exvet/processes.json:1: it is no array of processes"},
		{"a misspelt field", "exvet/processes.json", "[{\"pid\":1,\"name\":\"a\"},\n{\"pid\":2,\"name\":\"b\",\"moduls\":[]}]", "1 a 0001-01-01T00:00:00Z []", `exvet/processes.json:2: process: unknown field "moduls"`},
		{"cut off", "exvet/processes.json", "[{\"pid\":1,\"name\":\"a\"},\n{\"pid\":2,", "1 a 0001-01-01T00:00:00Z []", "exvet/processes.json:1: process: unexpected EOF"},
		{"more behind it", "exvet/processes.json", "[]\n[]", "", "exvet/processes.json:2: something follows the array of processes"},
		{"twice the same", "exvet/processes.json", `[{"pid":1,"name":"a"},{"pid":1,"name":"b"}]`, "1 a 0001-01-01T00:00:00Z []", "exvet/processes.json:1: process 1: a second one of this number"},
		{"no name", "exvet/processes.json", `[{"pid":1}]`, "", "exvet/processes.json:1: process 1: it has no name"},
		{"no number", "exvet/processes.json", `[{"pid":-1,"name":"a"}]`, "", "exvet/processes.json:1: process -1: no number of a process"},
		{"a wrong type", "exvet/processes.json", `[{"pid":"x","name":"a"}]`, "", "exvet/processes.json:1: process: cannot unmarshal string into Go struct field Process.pid of type int"},
		{"a time before Windows", "exvet/processes.json", `[{"pid":1,"name":"a","started":"1500-01-01T00:00:00Z"}]`, "1 a 0001-01-01T00:00:00Z []", ""},
		{"too many", "exvet/processes.json", many(maxProcesses + 1), "-", "more than 20000 processes"},
		{"too many modules", "exvet/processes.json", `[{"pid":1,"name":"a","modules":[{}` + strings.Repeat(",{}", maxModules) + `]}]`, "", "more than 500000 modules"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inBoth(t, map[string]string{test.file: test.text, "C/Windows/win.ini": "x"}, func(t *testing.T, evidence *Evidence) {
				processes, err := evidence.Processes(context.Background())
				var lines []string
				for _, p := range processes {
					lines = append(lines, fmt.Sprint(p.PID, " ", p.Name, " ", p.Started.Format("2006-01-02T15:04:05Z07:00"), " ", p.Modules))
				}
				if got := strings.Join(lines, "|"); got != test.want && test.want != "-" {
					t.Errorf("got %q, want %q", got, test.want)
				}
				if (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
					t.Errorf("got error %v, want %q", err, test.err)
				}
				if absent := test.name == "none"; errors.Is(err, exvet.ErrNoEvidence) != absent {
					t.Errorf("ErrNoEvidence: got %v", err)
				}
			})
		})
	}
}
