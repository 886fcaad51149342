package engine

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/exvet/exvet"
)

func by(subject, product, binary string, refs ...string) exvet.Finding {
	finding := exvet.Finding{Subject: subject, Integration: product, Binary: binary}
	for _, ref := range refs {
		finding.Evidence = append(finding.Evidence, exvet.Evidence{Ref: ref})
	}
	return finding
}

const madeFacts = `{
	"format": 1, "collected": {},
	"server": {"exchange_root": "E:\\Exchange"},
	"facts": {
		"binaries": {"list": [
			{"key": "c:\\program files\\acme\\gate\\gate.dll", "signature": {"status": "valid", "subject_o": "Acme Ltd", "subject_cn": "Acme Ltd"},
				"version": {"product": "Acme Gate", "product_version": "4.1", "file_version": "4.1.0.0"}},
			{"key": "c:\\program files\\acme\\gate\\agent.dll", "signature": {"status": "valid", "subject_o": "Acme Ltd", "subject_cn": "Acme Ltd"},
				"version": {"product": "Acme Gate", "product_version": "4.2", "file_version": "4.2.0.0"}},
			{"key": "c:\\program files\\new relic\\netagent\\newrelic.profiler.dll", "signature": {"status": "valid", "subject_o": "Mallory Inc", "subject_cn": "x"},
				"version": {"product": "New Relic", "product_version": "10", "file_version": ""}},
			{"key": "d:\\fake\\fake.dll", "signature": {"status": "untrusted-root", "subject_o": "Acme Ltd", "subject_cn": "Acme Ltd"},
				"version": {"product": "Acme Gate", "product_version": "4.1", "file_version": ""}},
			7
		]},
		"services": {"list": [
			{"key": "acmesvc", "name": "AcmeSvc", "path_key": "c:\\program files\\acme\\gate\\svc.exe"},
			{"key": "spooler", "name": "Spooler", "path_key": "c:\\windows\\system32\\spoolsv.exe"}
		]}
	}
}`

func TestIntegrations(t *testing.T) {
	gate, agent, unsigned := `c:\program files\acme\gate\gate.dll`, `c:\program files\acme\gate\agent.dll`, `c:\program files\acme\gate\helper.dll`
	profiler := `c:\program files\new relic\netagent\newrelic.profiler.dll`
	late := &exvet.Waiver{Owner: "b", Expires: "2027-01-01"}
	early := &exvet.Waiver{Owner: "a", Expires: "2026-12-01"}
	waived := []exvet.Finding{by("pool:P", "Waived", ""), by("pool:Q", "Waived", "")}
	waived[0].Waiver, waived[1].Waiver = late, early
	results := []exvet.Result{
		result("A", exvet.Supported, exvet.Found, by("agent:Gate Agent", "", agent)),
		result("B", exvet.Unsupported, exvet.Found, by("module:Default Web Site/owa:Gate", "", gate, `registry:HKLM\X!Y`, "file:x:1")),
		result("C", exvet.Security, exvet.Found, by("global-module:Helper", "", unsigned)),
		result("D", exvet.Review, exvet.Found, by("service:WAS", "New Relic .NET agent", profiler), by("file:x", "", `d:\fake\fake.dll`)),
		result("E", exvet.Review, exvet.Waived, waived...),
		result("F", exvet.Review, exvet.Found, by("config:S:x", "", ""), by("global-module:W", "", `c:\windows\system32\evil.dll`)),
	}
	decoded, err := decode([]byte(madeFacts))
	if err != nil {
		t.Fatal(err)
	}
	names := known{
		products: map[string]product{"New Relic .NET agent": {Vendor: "New Relic", Confidence: "high"}, "Waived": {Vendor: "W", Confidence: "high"}},
		owners:   []owner{{Product: "acme*", Owner: "Messaging team"}, {Product: "*", Owner: "nobody"}},
	}
	got := integrations(results, names, readClues(decoded, results))
	var lines []string
	for _, entry := range got {
		lines = append(lines, strings.Join([]string{entry.Title(), entry.Vendor, entry.Version, string(entry.Stance), entry.Confidence}, "|"))
	}
	want := []string{
		"Acme Gate|Acme Ltd|4.1, 4.2|unsupported|likely",
		"New Relic .NET agent|New Relic|10|review|unverified",
		"Waived|W||review|likely",
		`c:\windows\system32\evil.dll|||review|none`,
		`d:\fake\fake.dll||4.1|review|none`,
		"unattributed|||review|none",
	}
	if !slices.Equal(lines, want) {
		t.Fatalf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
	acme := got[0]
	for name, pair := range map[string][2][]string{
		"services": {acme.Services, {"AcmeSvc"}},
		"modules":  {acme.Modules, {"Gate", "Helper"}},
		"agents":   {acme.Agents, {"Gate Agent"}},
		"registry": {acme.Registry, {`HKLM\X!Y`}},
		"folders":  {acme.Folders, {`c:\program files\acme\gate`}},
		"files":    {acme.Files, {agent, gate, unsigned}},
	} {
		if !reflect.DeepEqual(pair[0], pair[1]) {
			t.Errorf("%s: got %q, want %q", name, pair[0], pair[1])
		}
	}
	if acme.Owner != "Messaging team" || acme.Signer != "Acme Ltd" {
		t.Errorf("owner %q, signer %q", acme.Owner, acme.Signer)
	}
	if got[2].Waiver != early || got[2].Waived != 2 {
		t.Errorf("waiver %+v of %d, want the one that ends first", got[2].Waiver, got[2].Waived)
	}
	if none := integrations(nil, known{}, clues{}); none == nil || len(none) != 0 {
		t.Errorf("of nothing: %#v, want an empty list", none)
	}
}

func TestLeaveOut(t *testing.T) {
	missing := []exvet.Missing{{Facts: []string{"iis"}}}
	results := []exvet.Result{
		result("A", exvet.Unsupported, exvet.Found, by("module:S:M", "Acme Gate", "")),
		result("B", exvet.Review, exvet.Found, by("pool:P", "Acme Gate", ""), by("pool:Q", "", "")),
		result("C", exvet.Review, exvet.Found, by("pool:P", "Acme Gate", "")),
	}
	results[2].Missing = missing
	got := leaveOut(results, known{}, clues{}, []string{"acme*"})
	if want := (&exvet.WhatIf{Products: []string{"Acme Gate"}, Findings: 3}); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	for i, want := range []exvet.Status{exvet.Clear, exvet.Found, exvet.Unknown} {
		if results[i].Status != want {
			t.Errorf("%s: status %q, want %q", results[i].ID, results[i].Status, want)
		}
	}
	if other := leaveOut(results, known{}, clues{}, []string{"nothing"}); len(other.Products) != 0 || other.Findings != 0 {
		t.Errorf("a glob that names nothing left out %+v", other)
	}
}

func TestInstallFolder(t *testing.T) {
	facts := clues{root: `e:\exchange`}
	tests := []struct{ file, want string }{
		{`c:\program files\acme\gate\bin\x.dll`, `c:\program files\acme\gate`},
		{`c:\program files (x86)\acme\x.dll`, `c:\program files (x86)\acme`},
		{`c:\program files\common files\acme\x.dll`, ""},
		{`d:\acme\sso\x.dll`, `d:\acme\sso`},
		{`d:\x.dll`, ""},
		{`e:\exchange\bin\x.dll`, ""},
		{`e:\exchangeevil\x.dll`, `e:\exchangeevil`},
		{`c:\windows\system32\x.dll`, ""},
		{`\\server\share\x.dll`, ""},
		{`x.dll`, ""},
		{``, ""},
	}
	for _, test := range tests {
		if got := facts.folder(test.file); got != test.want {
			t.Errorf("%s: got %q, want %q", test.file, got, test.want)
		}
	}
}
