package collectors

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/exvet/exvet"
)

func TestOrganisation(t *testing.T) {
	const logs = "D/Exchange/Logging/Ews/"
	header := "DateTime,RequestId,AuthenticatedUser,UserAgent,ImpersonatedUser\r\n"
	files := map[string]string{
		"exvet/cmdlets/Get-ManagementRoleAssignment.json": `[{"Name": "Imp", "Role": {"Name": "ApplicationImpersonation"}, "RoleAssigneeName": "svc-archive", "RecipientWriteScope": "Organization", "Enabled": true}]`,
		"exvet/cmdlets/Get-SendConnector.json":            `{"Name": "Out", "AddressSpaces": ["SMTP:*;1"], "SmartHosts": ["relay.example"], "Enabled": true}`,
		"exvet/cmdlets/getOabVirtualDirectory-EX01.xml":   `<Objs><Obj RefId="0"><Props><S N="Name">OAB</S><Obj N="ExternalUrl" RefId="1"><ToString>https://mail.example/OAB</ToString></Obj></Props></Obj></Objs>`,
		"exvet/cmdlets/Get-App.json":                      `[{"DisplayName": "Gate", "ProviderName": "Acme", "AppVersion": "1.0",`,
		"exvet/cmdlets/readme.txt":                        "",
		logs + "Ews_2026111907-1.LOG":                     header + "2026-11-19T07:00:00Z,1,CONTOSO\\old,x/1,\r\n",
		logs + "Ews_2026112007-1.LOG": header + "#Software\r\n" +
			"2026-11-20T07:00:00Z,1,CONTOSO\\svc-archive,\"Archiver, Fabrikam/7.2\",anna@contoso.example\r\n" +
			"2026-11-20T07:00:01Z,2,CONTOSO\\svc-archive,\"Archiver, Fabrikam/7.3\",ben@contoso.example\r\n" +
			"2026-11-20T07:00:02Z,3,,x,\r\n",
	}
	snapshot := look(t, exchangeAt(files))
	facts, ok := snapshot.Facts["organisation"].(*Organisation)
	if !ok {
		t.Fatalf("got %+v", snapshot.Collected["organisation"])
	}
	if got := facts.RoleAssignments; len(got) != 1 || got[0].RoleKey != "applicationimpersonation" || got[0].Assignee != "svc-archive" ||
		got[0].File != `exvet\cmdlets\Get-ManagementRoleAssignment.json` || got[0].Line != 1 {
		t.Errorf("got %+v", got)
	}
	if got := facts.Connectors; len(got) != 1 || got[0].Kind != "send" || !reflect.DeepEqual(got[0].Hosts, []string{"relay.example"}) {
		t.Errorf("got %+v", got)
	}
	if got := facts.Directories; len(got) != 1 || got[0].Kind != "oab" || got[0].ExternalURL != "https://mail.example/OAB" {
		t.Errorf("got %+v", got)
	}
	callers := []string{}
	for _, caller := range facts.EWSCallers {
		callers = append(callers, fmt.Sprint(caller.AccountKey, " ", caller.Agent, " ", caller.Requests, " ", caller.Impersonated, " ", caller.Mailboxes, " ", caller.Line))
	}
	if want := []string{`contoso\old x 1 0 0 2`, `contoso\svc-archive Archiver, Fabrikam 2 2 2 4`}; !reflect.DeepEqual(callers, want) {
		t.Errorf("got %q, want %q", callers, want)
	}
	var open []string
	for _, missing := range snapshot.Collected["organisation"].Missing {
		open = append(open, fmt.Sprint(missing.Facts, missing.File, missing.Reason))
	}
	text := strings.Join(open, "\n")
	for _, want := range []string{"[organisation.apps]exvet\\cmdlets\\Get-App.json", "Get-JournalRule is not among the answers"} {
		if !strings.Contains(text, want) {
			t.Errorf("no gap says %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "role_assignments") || strings.Contains(text, "ews_callers") {
		t.Errorf("what was read is open:\n%s", text)
	}
}

func TestOrganisationAbsent(t *testing.T) {
	if got := look(t, exchangeAt(nil)).Collected["organisation"]; got.Status != exvet.Absent || len(got.Missing) == 0 {
		t.Errorf("got %s %v", got.Status, got.Missing)
	}
}

// TestAnswersOnTheServer reads what the script wrote where nothing lies beside the disk.
func TestAnswersOnTheServer(t *testing.T) {
	snapshot := look(t, exchangeAt(map[string]string{"C/ProgramData/exvet/cmdlets/Get-JournalRule.json": `{"Name": "J", "JournalEmailAddress": "a@b.example"}`}))
	if got := snapshot.Facts["organisation"].(*Organisation).JournalRules; len(got) != 1 || got[0].File != `C:\ProgramData\exvet\cmdlets\Get-JournalRule.json` {
		t.Errorf("got %+v", got)
	}
}

// TestScript holds the script people run to the cmdlets whose answers are read: all of them and no other, and each only gets.
func TestScript(t *testing.T) {
	text, err := os.ReadFile("../docs/exvet-cmdlets.ps1")
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for line := range strings.SplitSeq(string(text), "\n") {
		code, _, _ := strings.Cut(line, "#")
		for _, name := range regexp.MustCompile(`\b[A-Z]\w+-[A-Z]\w+`).FindAllString(code, -1) {
			switch verb, _, _ := strings.Cut(name, "-"); {
			case slices.Contains([]string{"Get-Command", "New-Item", "Join-Path", "Select-Object", "ConvertTo-Json", "Write-Warning", "Out-Null", "ForEach-Object"}, name):
			case verb != "Get":
				t.Errorf("the script runs %s", name)
			default:
				got = append(got, name)
			}
		}
	}
	for _, from := range answers() {
		want = append(want, from.cmdlet)
	}
	slices.Sort(got)
	slices.Sort(want)
	if got = slices.Compact(got); !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
