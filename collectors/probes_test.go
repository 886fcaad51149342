package collectors

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/host"
)

// asked reads probes from evidence that holds files.
func asked(t *testing.T, files map[string]string, probes ...exvet.Probe) *exvet.Snapshot {
	t.Helper()
	folder := t.TempDir()
	for name, content := range files {
		at := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	evidence, err := host.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer evidence.Close()
	snapshot := &exvet.Snapshot{
		CollectedAt: time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC),
		Server:      exvet.Server{ExchangeRoot: `D:\Exchange`},
		Collected:   map[string]exvet.Section{}, Facts: map[string]any{},
	}
	for i := range probes {
		probes[i].Organisation, probes[i].ID = "acme", fmt.Sprintf("p%d", i)
	}
	probe(t.Context(), evidence, snapshot, probes)
	return snapshot
}

// rows gives what the first probe found, as JSON.
func rows(t *testing.T, snapshot *exvet.Snapshot) string {
	t.Helper()
	text, err := json.Marshal(snapshot.Facts["probes"].(map[string]any)["acme"].(map[string]any)["p0"])
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestProbeRows(t *testing.T) {
	xml := `<configuration><appSettings><add key="Mode" value="a"/><add key="SmtpPassword" value="hunter2"/></appSettings>
<connectionStrings><add name="db" connectionString="hunter2"/></connectionStrings>
<gate><mode> strict </mode><apiToken>hunter2</apiToken><setting name="SmtpPassword"><value>hunter2</value></setting>
<target>https://bob:hunter2@acme.example/</target><EncryptedData><CipherValue>hunter2</CipherValue></EncryptedData></gate></configuration>`
	files := map[string]string{
		"C/Windows/win.ini": "", "D/Exchange/Bin/gate.config": xml, "D/Exchange/Bin/bad.config": "<a>\n<b></a>",
		"C/ProgramData/Acme/a.log": "one\r\nToken = hunter2\r\n", "C/ProgramData/Acme/B.LOG": "two", "C/ProgramData/Acme/c.txt": "", "C/ProgramData/Acme/key.pem": "hunter2",
		"C/ProgramData/Acme/wide.log":             "\xff\xfeh\x00i\x00\n\x00",
		"C/ProgramData/Acme/d.log/nested.log":     "", // a folder
		"C/Users/bob/secret.log":                  "hunter2",
		"C/Windows/System32/config/systemprofile": "hunter2",
	}
	tests := []struct {
		name    string
		probe   exvet.Probe
		want    []string // in the rows
		missing string   // reason
	}{
		{"attributes", exvet.Probe{Kind: exvet.ProbeXML, Path: `%ExchangeInstallPath%\bin\GATE.config`, Element: "configuration/appSettings/add"},
			[]string{`"line":1`, `{"name":"value","value":"a","secret":false}`, `{"name":"value","value":"[secret]","secret":true}`}, ""},
		{"connection strings", exvet.Probe{Kind: exvet.ProbeXML, Path: `D:\Exchange\Bin\gate.config`, Element: "configuration/connectionStrings/add"},
			[]string{`"value":"[secret]","secret":true`}, ""},
		{"text", exvet.Probe{Kind: exvet.ProbeXML, Path: `D:\Exchange\Bin\gate.config`, Element: "configuration/gate/mode"},
			[]string{`"line":3,"element":"mode","text":"strict","secret":false`}, ""},
		{"secret text", exvet.Probe{Kind: exvet.ProbeXML, Path: `D:\Exchange\Bin\gate.config`, Element: "configuration/gate/apiToken"},
			[]string{`"text":"[secret]","secret":true`}, ""},
		{"secret by its parent", exvet.Probe{Kind: exvet.ProbeXML, Path: `D:\Exchange\Bin\gate.config`, Element: "configuration/gate/setting/value"},
			[]string{`"text":"[secret]","secret":true`}, ""},
		{"a part is secret", exvet.Probe{Kind: exvet.ProbeXML, Path: `D:\Exchange\Bin\gate.config`, Element: "configuration/gate/target"},
			[]string{`"text":"https://bob:[secret]@acme.example/","secret":true`}, ""},
		{"enciphered", exvet.Probe{Kind: exvet.ProbeXML, Path: `D:\Exchange\Bin\gate.config`, Element: "configuration/gate/EncryptedData/CipherValue"},
			[]string{`"text":"[secret]","secret":true`}, ""},
		{"no such element", exvet.Probe{Kind: exvet.ProbeXML, Path: `D:\Exchange\Bin\gate.config`, Element: "configuration/x"}, []string{"[]"}, ""},
		{"no such file", exvet.Probe{Kind: exvet.ProbeXML, Path: `D:\Exchange\Bin\none.config`, Element: "a"}, []string{"[]"}, ""},
		{"malformed", exvet.Probe{Kind: exvet.ProbeXML, Path: `D:\Exchange\Bin\bad.config`, Element: "a"}, []string{"[]"}, "</b> expected"},
		{"wildcard", exvet.Probe{Kind: exvet.ProbeFile, Path: `C:\ProgramData\Acme\*.log`, Read: []string{"hash", "version", "signature"}},
			[]string{`a.log`, `B.LOG`, `wide.log`, `"sha256":"3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3"`}, ""},
		{"lines", exvet.Probe{Kind: exvet.ProbeFile, Path: `C:\ProgramData\Acme\a.log`, Match: "(?i)token"}, []string{`{"line":2,"text":"Token = [secret]"}`}, ""},
		{"wide lines", exvet.Probe{Kind: exvet.ProbeFile, Path: `C:\ProgramData\Acme\wide.log`, Match: "^hi$"}, []string{`{"line":1,"text":"hi"}`}, ""},
		{"a folder", exvet.Probe{Kind: exvet.ProbeFile, Path: `C:\ProgramData\Acme\d.log`}, []string{"[]"}, "is no file"},
		{"a drive that was not copied", exvet.Probe{Kind: exvet.ProbeFile, Path: `E:\inetpub\x.txt`}, []string{"[]"}, "not in the evidence"},
		{"a forged profile", exvet.Probe{Kind: exvet.ProbeFile, Path: `C:\Users\bob\secret.log`, Match: "."}, []string{"[]"}, "outside the folders"},
		{"a forged hive", exvet.Probe{Kind: exvet.ProbeFile, Path: `C:\Windows\System32\config\*`, Match: "."}, []string{"[]"}, "keeps secrets"},
		{"private keys", exvet.Probe{Kind: exvet.ProbeFile, Path: `C:\ProgramData\Acme\*.p?m`, Match: "."}, []string{"[]"}, ""},
		{"a forged key", exvet.Probe{Kind: exvet.ProbeRegistry, Path: `HKLM\SAM\SAM`}, []string{"[]"}, "outside the keys"},
		{"no registry", exvet.Probe{Kind: exvet.ProbeRegistry, Path: `HKLM\SOFTWARE\Acme`}, []string{"[]"}, "not in the evidence"},
		{"no log", exvet.Probe{Kind: exvet.ProbeEvent, Path: "Acme", IDs: []int{1}, Days: 1}, []string{"[]"}, "not in the evidence"},
		{"unknown kind", exvet.Probe{Kind: "wmi", Path: "x"}, []string{"[]"}, "unknown kind"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			snapshot := asked(t, files, tt.probe)
			got := rows(t, snapshot)
			for _, want := range tt.want {
				if !strings.Contains(got, want) {
					t.Errorf("rows %s, want %s", got, want)
				}
			}
			if strings.Contains(got, "hunter2") {
				t.Errorf("rows hold a secret: %s", got)
			}
			section := snapshot.Collected["probes"]
			switch {
			case tt.missing == "" && (section.Status != exvet.Complete || len(section.Missing) > 0):
				t.Errorf("section %+v, want a complete one", section)
			case tt.missing != "" && (len(section.Missing) != 1 || !strings.Contains(section.Missing[0].Reason, tt.missing) || section.Missing[0].Facts[0] != "probes.acme.p0"):
				t.Errorf("section %+v, want %q missing", section, tt.missing)
			}
		})
	}
}

// TestProbeLimits asks for more than a snapshot may hold.
func TestProbeLimits(t *testing.T) {
	var xml bytes.Buffer
	xml.WriteString("<a>")
	for range maxProbeRows + 5 {
		xml.WriteString(`<b c="d"/>`)
	}
	xml.WriteString("</a>")
	files := map[string]string{
		"C/Windows/win.ini": "", "C/inetpub/many.xml": xml.String(), "C/inetpub/long.txt": strings.Repeat("x\n", maxProbedLines+5),
		"C/inetpub/large.txt": strings.Repeat("x", maxProbedText+1),
	}
	for i := range maxProbedFiles + 5 {
		files[fmt.Sprintf("C/inetpub/many/%03d.log", i)] = ""
	}
	snapshot := asked(t, files,
		exvet.Probe{Kind: exvet.ProbeXML, Path: `C:\inetpub\many.xml`, Element: "a/b"},
		exvet.Probe{Kind: exvet.ProbeFile, Path: `C:\inetpub\many\*`},
		exvet.Probe{Kind: exvet.ProbeFile, Path: `C:\inetpub\long.txt`, Match: "x"},
		exvet.Probe{Kind: exvet.ProbeFile, Path: `C:\inetpub\large.txt`, Match: "x"},
	)
	read := snapshot.Facts["probes"].(map[string]any)["asked"].([]ProbeAsked)
	for i, want := range []int{maxProbeRows, maxProbedFiles, 1, 1} {
		if read[i].Rows != want {
			t.Errorf("probe %d has %d rows, want %d", i, read[i].Rows, want)
		}
	}
	if section := snapshot.Collected["probes"]; section.Status != exvet.Partial || len(section.Missing) != 4 {
		t.Errorf("section %+v, want four probes missing something", section)
	}
}

// TestProbeNothing leaves a snapshot alone that nobody asks anything of.
func TestProbeNothing(t *testing.T) {
	snapshot := asked(t, map[string]string{"C/Windows/win.ini": ""})
	if len(snapshot.Collected)+len(snapshot.Facts) > 0 {
		t.Errorf("got %v %v", snapshot.Collected, snapshot.Facts)
	}
}
