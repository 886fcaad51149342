package collectors

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/host"
	"github.com/exvet/exvet/internal/regfile/regtest"
)

type (
	tree   = regtest.Tree
	values = regtest.Values
)

// A madeServer is the hives of a server by the path Windows loads them at.
type madeServer map[string]tree

// places are where a copied disk has the hives, and how an export names them.
var places = map[string][2]string{
	`HKLM\SYSTEM`:   {"C/Windows/System32/config/SYSTEM", `HKEY_LOCAL_MACHINE\SYSTEM`},
	`HKLM\SOFTWARE`: {"C/Windows/System32/config/SOFTWARE", `HKEY_LOCAL_MACHINE\SOFTWARE`},
	`HKU\S-1-5-18`:  {"C/Windows/System32/config/DEFAULT", `HKEY_USERS\.DEFAULT`},
	`HKU\S-1-5-19`:  {"C/Windows/ServiceProfiles/LocalService/NTUSER.DAT", `HKEY_USERS\S-1-5-19`},
	`HKU\S-1-5-20`:  {"C/Windows/ServiceProfiles/NetworkService/NTUSER.DAT", `HKEY_USERS\S-1-5-20`},
	`HKU\S-1-5-21-1-2-3-1104`: {
		"C/Users/svc-sso/NTUSER.DAT", `HKEY_USERS\S-1-5-21-1-2-3-1104`,
	},
}

// hives lays a server out as a copied disk.
func (s madeServer) hives() map[string][]byte {
	files := map[string][]byte{"C/Windows/System32/ntdll.dll": nil}
	for at, tree := range s {
		files[places[at][0]] = regtest.Hive(tree)
	}
	return files
}

// exports lays the same server out as `reg export` would.
func (s madeServer) exports() map[string][]byte {
	files := map[string][]byte{"C/Windows/System32/ntdll.dll": nil}
	for at, tree := range s {
		name := strings.NewReplacer(`\`, "-", ".", "").Replace(at)
		files["exvet/registry/"+name+".reg"] = regtest.Export(places[at][1], tree)
	}
	return files
}

// look collects from evidence that holds files.
func look(t *testing.T, files map[string][]byte) *exvet.Snapshot {
	t.Helper()
	top := t.TempDir()
	for name, data := range files {
		name = filepath.Join(top, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	evidence, err := host.Open(top)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { evidence.Close() })
	return Collect(context.Background(), evidence, Options{Now: time.Unix(0, 0)})
}

// sections are those the registry alone fills.
var registrySections = []string{"services", "injection", "amsi"}

// TestMadeServer compares the facts of one server with one case of each vector, once with hives and once with exports.
func TestMadeServer(t *testing.T) {
	made := vectors()
	for _, test := range []struct {
		name  string
		files map[string][]byte
	}{{"hives", made.hives()}, {"exports", made.exports()}} {
		t.Run(test.name, func(t *testing.T) {
			snapshot := look(t, test.files)
			facts := map[string]any{"exchange": snapshot.Facts["exchange"]}
			for _, name := range registrySections {
				if got := snapshot.Collected[name]; got.Status != exvet.Complete {
					t.Errorf("%s: got %s %v, want it complete", name, got.Status, got.Missing)
				}
				facts[name] = snapshot.Facts[name]
			}
			if found, ok := snapshot.Facts["services"].(*Services); ok {
				for i := range found.List {
					found.List[i].Written = "" // an export does not tell
				}
			}
			got, err := json.MarshalIndent(facts, "", " ")
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(got, []byte("hunter2")) {
				t.Error("a secret is among the facts")
			}
			golden := filepath.Join("testdata", "registry.json")
			if *update && test.name == "hives" {
				if err := os.WriteFile(golden, append(got, '\n'), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(append(got, '\n'), want) {
				t.Errorf("the facts differ from %s; go test ./collectors -run TestMadeServer -update, then read the difference", golden)
			}
		})
	}
}

func TestServiceWritten(t *testing.T) {
	snapshot := look(t, vectors().hives())
	if got := snapshot.Facts["services"].(*Services).List[0].Written; got != "2026-01-02T03:04:05Z" {
		t.Errorf("got %q", got)
	}
}

func TestMissingHives(t *testing.T) {
	made := vectors()
	without := func(names ...string) map[string][]byte {
		files := made.hives()
		for _, name := range names {
			delete(files, places[name][0])
		}
		return files
	}
	damaged := made.hives()
	damaged["C/Windows/System32/config/SOFTWARE"] = []byte("regf, but not a hive")
	tests := []struct {
		name    string
		files   map[string][]byte
		section string
		want    exvet.SectionStatus
		facts   string // left open by one of the gaps
		scope   string
		reason  string
	}{
		{"no hive", map[string][]byte{"C/Windows/x": nil}, "services", exvet.Absent, "services", "", `copy Windows\System32\config\SYSTEM`},
		{"no hive", map[string][]byte{"C/Windows/x": nil}, "injection", exvet.Absent, "injection", "", `exvet\registry`},
		{"no hive", map[string][]byte{"C/Windows/x": nil}, "amsi", exvet.Absent, "amsi", "", `exvet\registry`},
		{"no SYSTEM", without(`HKLM\SYSTEM`), "services", exvet.Absent, "services", "", "SYSTEM"},
		{"no SYSTEM", without(`HKLM\SYSTEM`), "injection", exvet.Partial, "injection.lsa_packages", "", `config\SYSTEM`},
		{"no SYSTEM", without(`HKLM\SYSTEM`), "amsi", exvet.Complete, "", "", ""},
		{"no SOFTWARE", without(`HKLM\SOFTWARE`), "services", exvet.Complete, "", "", ""},
		{"no SOFTWARE", without(`HKLM\SOFTWARE`), "injection", exvet.Partial, "injection.ifeo", "", `config\SOFTWARE`},
		{"no hive of NetworkService", without(`HKU\S-1-5-20`), "injection", exvet.Partial, "injection.com_overrides", `HKU\S-1-5-20`, `NetworkService\NTUSER.DAT`},
		{"no hive of an account services run as", without(`HKU\S-1-5-21-1-2-3-1104`), "injection", exvet.Partial, "injection.environment", `HKU\S-1-5-21-1-2-3-1104`, "NTUSER.DAT"},
		{"SOFTWARE is damaged", damaged, "injection", exvet.Partial, "injection.app_init", "", "damaged hive"},
		{"SOFTWARE is damaged", damaged, "amsi", exvet.Failed, "amsi.providers", "", "damaged hive"},
	}
	for _, test := range tests {
		t.Run(test.name+" "+test.section, func(t *testing.T) {
			got := look(t, test.files).Collected[test.section]
			if got.Status != test.want {
				t.Errorf("got %s %v, want %s", got.Status, got.Missing, test.want)
			}
			found := test.facts == ""
			for _, missing := range got.Missing {
				for _, facts := range missing.Facts {
					found = found || facts == test.facts && missing.Scope == test.scope && strings.Contains(missing.Reason, test.reason)
				}
			}
			if !found {
				t.Errorf("got %+v, want a gap for %s at %q that says %q", got.Missing, test.facts, test.scope, test.reason)
			}
		})
	}
}

// TestRegistryWins lets setup's own key decide over what IIS shows.
func TestRegistryWins(t *testing.T) {
	made := vectors()
	files := made.hives()
	files["C/Windows/System32/inetsrv/config/applicationHost.config"] = []byte(
		hostConfig([]string{`E:\Other\FrontEnd\HttpProxy\owa`, `E:\Other\ClientAccess\owa`}, "S/owa/15.2.922.7"))
	snapshot := look(t, files)
	want := exvet.Server{
		Name: "EX01", Build: "15.2.1118.7", Product: "2019", Roles: []string{"mailbox"}, ExchangeRoot: `D:\Exchange`, SystemRoot: `C:\Windows`,
	}
	if got := snapshot.Server; got.Name != want.Name || got.Build != want.Build || got.ExchangeRoot != want.ExchangeRoot {
		t.Errorf("got %+v, want %+v", got, want)
	}
	overruled := map[string]string{}
	for _, evidence := range snapshot.Facts["exchange"].(*Exchange).Evidence {
		if evidence.Overruled {
			overruled[evidence.Fact] = evidence.Value
		}
	}
	if want := map[string]string{"root": `E:\Other`, "build": "15.2.922.7"}; !maps.Equal(overruled, want) {
		t.Errorf("got overruled %v, want %v", overruled, want)
	}
}

// TestPoolProfiler looks up the class a pool's own variable names.
func TestPoolProfiler(t *testing.T) {
	files := vectors().hives()
	files["C/Windows/System32/inetsrv/config/applicationHost.config"] = []byte(`<configuration><system.applicationHost><applicationPools>
<add name="P"><environmentVariables><add name="COR_PROFILER" value="{0A1B2C3D-0000-0000-0000-000000000005}" /></environmentVariables></add>
</applicationPools></system.applicationHost></configuration>`)
	for _, profiler := range look(t, files).Facts["injection"].(*Injection).Profilers {
		if profiler.Key == "{0a1b2c3d-0000-0000-0000-000000000005}" && profiler.View == "64" {
			if profiler.DLLKey != `c:\acme\amsi.dll` {
				t.Errorf("got %+v", profiler)
			}
			return
		}
	}
	t.Error("the pool's profiler is not among the facts")
}
