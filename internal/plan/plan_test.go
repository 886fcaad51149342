package plan

import (
	"bytes"
	"cmp"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/exvet/exvet"
)

var update = flag.Bool("update", false, "write the files the tests compare with")

// made is a report of one server with one integration that uses every road a name can take into a command.
func made(name string) *exvet.Report {
	finding := func(subject string, refs ...string) exvet.Finding {
		f := exvet.Finding{Subject: subject, Message: "found " + name, Severity: exvet.High, Binary: `c:\program files\acme\` + name}
		for _, ref := range refs {
			f.Evidence = append(f.Evidence, exvet.Evidence{Ref: ref, Value: name})
		}
		return f
	}
	server := exvet.ServerReport{Server: exvet.ReportedServer{Name: name, Build: "15.2.1118.7"}}
	integration := exvet.Integration{
		Product: "Acme " + name, Vendor: "Acme Ltd", Version: "4.1", Stance: exvet.Unsupported, Confidence: "unverified",
		Owner: "Messaging", Class: "security", Services: []string{name}, Waived: 1,
	}
	for _, row := range []struct {
		rule, title, clause string
		stance              exvet.Stance
		finding             exvet.Finding
	}{
		{"T-01", "module", "C3", exvet.Unsupported, finding("module:Default Web Site/owa:"+name, `file:E:\Exchange\`+name+`\web.config:3`)},
		{"T-02", "handler", "C3", exvet.Unsupported, finding("handler:Default Web Site/owa:"+name, `file:E:\Exchange\owa\web.config:9`)},
		{"T-03", "filter", "C2", exvet.Unsupported, finding("filter:Default Web Site:" + name)},
		{"T-04", "inbound rewrite", "C2", exvet.Review, finding("rewrite:Default Web Site/owa:" + name)},
		{"T-05", "Outbound rewrite", "C2", exvet.Review, finding("rewrite:Default Web Site/owa:" + name)},
		{"T-06", "global rewrite", "C2", exvet.Review, finding("rewrite::" + name)},
		{"T-07", "global module", "C3", exvet.Unsupported, finding("global-module:" + name)},
		{"T-08", "application", "C3", exvet.Unsupported, finding("app:Default Web Site/" + name)},
		{"T-09", "pool", "C4", exvet.Unsupported, finding("pool:" + name)},
		{"T-10", "agent", "S", exvet.Review, finding("agent:"+name, `file:E:\Exchange\TransportRoles\Shared\fetagents.config:4`)},
		{"T-11", "debugger", "C5", exvet.Unsupported, finding(`registry:HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Image File Execution Options\`+name+`!Debugger`,
			`registry:HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Image File Execution Options\`+name+`!Debugger`)},
		{"T-12", "AppInit", "C5", exvet.Unsupported, finding(`registry:HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Windows!AppInit_DLLs`)},
		{"T-13", "LSA", "-", exvet.Review, finding(`registry:HKLM\SYSTEM\CurrentControlSet\Control\Lsa!Security Packages`)},
		{"T-14", "caller", "C1", exvet.Unsupported, finding("event:Application/4999")},
		{"T-16", "service", "C4", exvet.Unsupported, finding("service:x"+name, `registry:HKLM\SYSTEM\CurrentControlSet\Services\`+name+`!ObjectName`)},
		{"T-17", "module of the server", "C3", exvet.Unsupported, finding("module:Default Web Site/ecp:"+name, `file:C:\Windows\System32\inetsrv\config\applicationHost.config:7`)},
		{"T-18", "module below", "C3", exvet.Unsupported, finding("module:Default Web Site/ecp/sub:"+name, `file:C:\Windows\System32\inetsrv\config\applicationHost.config:8`)},
		{"T-19", "variables", "C5", exvet.Unsupported, exvet.Finding{
			Subject: `registry:HKLM\SYSTEM\CurrentControlSet\Services\` + name + `!Environment`, Message: "found " + name, Severity: exvet.High,
			Evidence: []exvet.Evidence{
				{Ref: `registry:HKLM\SYSTEM\CurrentControlSet\Services\` + name + `!Environment`, Value: "COR_PROFILER=" + name},
				{Ref: `registry:HKLM\SYSTEM\CurrentControlSet\Services\` + name + `!Environment`, Value: "COR_PROFILER_PATH=" + name},
			},
		}},
		{"T-20", "variables of a service", "C5", exvet.Review, exvet.Finding{
			Subject: "service:y" + name, Message: "found " + name, Severity: exvet.High,
			Evidence: []exvet.Evidence{{Ref: `registry:HKLM\SYSTEM\CurrentControlSet\Services\y` + name + `!Environment`, Value: "ACME_HOME=" + name}},
		}},
		{"T-15", "web shell", "-", exvet.Security, finding(`file:E:\Exchange\owa\auth\` + name)},
	} {
		kind, _, _ := strings.Cut(row.finding.Subject, ":")
		repro := map[string]string{
			"filter": "Disable this one entry.", "rewrite": "Disable this one entry.", "pool": "Set the identity back.",
			"service": "Set the account back.", "event": "Turn it off.", "registry": "Turn it off.",
		}[kind]
		switch {
		case row.rule == "T-20":
			repro = "Take the entry out."
		case kind == "service":
			row.finding.Message += "; Exchange setup gives it NetworkService"
		}
		server.Results = append(server.Results, exvet.Result{
			About:  exvet.About{ID: row.rule, Title: row.title, Stance: row.stance, Clause: row.clause, Repro: cmp.Or(repro, "Take the entry out.")},
			Status: exvet.Found, Findings: []exvet.Finding{row.finding},
		})
		integration.Methods = append(integration.Methods, exvet.Method{Rule: row.rule, Stance: row.stance, Subject: row.finding.Subject})
	}
	server.Integrations = []exvet.Integration{integration, {Product: "Good", Stance: exvet.Supported}}
	return &exvet.Report{
		Format: 1, GeneratedAt: time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC), Exvet: exvet.Program{Version: "1"}, Servers: []exvet.ServerReport{server},
	}
}

// commands lists every command of a document.
func commands(document *Document) []string {
	var all []string
	for _, step := range document.Servers[0].Plans[0].Steps {
		all = append(append(all, step.Commands...), step.Undo...)
	}
	return all
}

// skeleton is a line with each string in it replaced, and the values of the strings. Double-quoted strings of the plan's own
// hold no names.
func skeleton(t *testing.T, line string) (string, []string) {
	t.Helper()
	var b strings.Builder
	var values []string
	for len(line) > 0 {
		if !strings.HasPrefix(line, "'") && !strings.HasPrefix(line, "('") {
			b.WriteByte(line[0])
			line = line[1:]
			continue
		}
		end := expressionEnd(line)
		if end == 0 {
			b.WriteByte(line[0])
			line = line[1:]
			continue
		}
		values = append(values, psValue(t, line[:end]))
		b.WriteByte('S')
		line = line[end:]
	}
	return b.String(), values
}

// expressionEnd is where the string, or the addition of strings in parentheses, at the start of a line ends; 0 if it is none.
func expressionEnd(line string) int {
	at := 0
	if line[0] == '(' {
		at = 1
	}
	for at < len(line) {
		switch {
		case line[at] == '\'':
			at++
			for at < len(line) && (line[at] != '\'' || strings.HasPrefix(line[at:], "''")) {
				if line[at] == '\'' {
					at++
				}
				at++
			}
			at++
		case strings.HasPrefix(line[at:], "[char]0x"):
			at += len("[char]0x0000")
		default:
			return 0
		}
		switch {
		case line[0] == '\'':
			return at
		case strings.HasPrefix(line[at:], ")"):
			return at + 1
		case !strings.HasPrefix(line[at:], " + "):
			return 0
		}
		at += len(" + ")
	}
	return 0
}

// TestHostileNames parses every command back: whatever the names contain, the words between the strings are the same, and a
// string holds the name as it was.
func TestHostileNames(t *testing.T) {
	outline := func(name string) (lines []string, values []string) {
		for _, command := range commands(Make(made(name), Options{})) {
			if at := strings.Index(command, "  # "); at >= 0 {
				command = command[:at] // comments are looked at below
			}
			line, found := skeleton(t, command)
			lines, values = append(lines, line), append(values, found...)
		}
		return lines, values
	}
	want, _ := outline("a]b c")
	for _, name := range hostileNames() {
		if plain(name) || strings.TrimSpace(name) == "" || strings.ContainsAny(name, "!:\x00") {
			continue // written more simply, or no name of the kind
		}
		got, values := outline(name)
		if !slices.Equal(got, want) {
			for i := range min(len(got), len(want)) {
				if got[i] != want[i] {
					t.Errorf("%q changes the command\n%s\nto\n%s", name, want[i], got[i])
				}
			}
			continue
		}
		if !slices.Contains(values, name) {
			t.Errorf("no command holds %q as it is", name)
		}
		for _, format := range []string{"text", "markdown"} {
			var b bytes.Buffer
			if err := Write(&b, format, Make(made(name), Options{})); err != nil {
				t.Fatal(err)
			}
			for _, r := range b.String() {
				if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028') {
					t.Errorf("%s shows %U of %q", format, r, name)
				}
			}
		}
	}
}

func TestPhases(t *testing.T) {
	document := Make(made("Gate"), Options{})
	if n := len(document.Servers[0].Plans); n != 1 {
		t.Fatalf("%d plans, want 1: what is supported is not taken out", n)
	}
	order := []Phase{Before, Preserve, Maintenance, Exclude, Disable, Restart, Watch, Prove, Restore}
	at, seen := 0, map[Phase]bool{}
	for _, step := range document.Servers[0].Plans[0].Steps {
		next := slices.Index(order, step.Phase)
		if next < at {
			t.Errorf("phase %s comes after %s", step.Phase, order[at])
		}
		at, seen[step.Phase] = next, true
	}
	for _, phase := range order {
		if !seen[phase] {
			t.Errorf("no step of phase %s", phase)
		}
	}
	all := strings.Join(commands(document), "\n")
	for _, banned := range []string{"Remove-Item", "Security Packages", `auth\Gate' /f`} {
		if strings.Contains(all, banned) {
			t.Errorf("a command holds %q", banned)
		}
	}
	if plans := Make(made("Gate"), Options{Only: []string{"good"}}).Servers[0].Plans; len(plans) != 1 || plans[0].Title != "Good" {
		t.Errorf("by name: %+v", plans)
	}
}

func TestWrite(t *testing.T) {
	document := Make(made("Gate & Co"), Options{})
	for _, format := range Formats() {
		var b bytes.Buffer
		if err := Write(&b, format, document); err != nil {
			t.Fatal(err)
		}
		golden := filepath.Join("testdata", "made."+format)
		if *update {
			if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if b.String() != string(want) {
			t.Errorf("%s differs from %s; run with -update and look at the change", format, golden)
		}
	}
	if err := Write(&bytes.Buffer{}, "pdf", document); err == nil {
		t.Error("an unknown format is not refused")
	}
}
