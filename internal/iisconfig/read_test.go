package iisconfig

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/exvet/exvet"
)

const hostConfig = "C/Windows/System32/inetsrv/config/applicationHost.config"

// server is a made disk: names as Host.Files gives them, and the folders that were not copied.
type server struct {
	files     map[string]string
	notCopied []string
}

func (s server) Open(name string) (fs.File, error) {
	for _, folder := range s.notCopied {
		if strings.HasPrefix(name, folder+"/") || name == folder {
			return nil, &fs.PathError{Op: "open", Path: name, Err: exvet.ErrNoEvidence}
		}
	}
	disk := fstest.MapFS{}
	for known, text := range s.files {
		disk[known] = &fstest.MapFile{Data: []byte(text)}
	}
	return disk.Open(name)
}

// host wraps sections and locations into an applicationHost.config with two sites.
func host(sections string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>
<configuration>
<system.applicationHost>
  <applicationPools>
    <add name="Owa"><processModel identityType="LocalSystem" /></add>
    <applicationPoolDefaults managedRuntimeVersion="v4.0"><processModel identityType="ApplicationPoolIdentity" /></applicationPoolDefaults>
  </applicationPools>
  <sites>
    <site name="Front" id="1">
      <application path="/"><virtualDirectory path="/" physicalPath="%SystemDrive%\root" /></application>
      <application path="/owa" applicationPool="Owa"><virtualDirectory path="/" physicalPath="D:\ex\owa" /><virtualDirectory path="/pics" physicalPath="D:\pics" /></application>
      <application path="/owa/cal" applicationPool="Owa"><virtualDirectory path="/" physicalPath="D:\ex\owa" /></application>
      <bindings><binding protocol="https" bindingInformation="*:443:" /></bindings>
    </site>
    <site name="Back" id="2"><application path="/"><virtualDirectory path="/" physicalPath="D:\ex\back" /></application></site>
    <applicationDefaults applicationPool="DefaultAppPool" />
  </sites>
</system.applicationHost>
` + sections + `
</configuration>`
}

// web wraps sections into a web.config.
func web(sections string) string { return "<configuration>\n" + sections + "\n</configuration>" }

func modules(inner string) string {
	return "<system.webServer><modules>" + inner + "</modules></system.webServer>"
}

func read(t *testing.T, s server) (*Facts, error) {
	t.Helper()
	return Read(context.Background(), s, Environment{SystemRoot: `C:\Windows`})
}

// effective writes one table as "scope: name@file:line, ..." lines, in the order of the scopes.
func effective(facts *Facts) map[string][]string {
	found := map[string][]string{}
	add := func(scopes []string, kind, name string, at Origin) {
		for _, scope := range scopes {
			short := at.File[strings.LastIndexByte(at.File, '\\')+1:]
			found[scope] = append(found[scope], fmt.Sprintf("%s %s@%s:%d", kind, name, short, at.Line))
		}
	}
	for _, m := range facts.Modules {
		add(m.Scopes, "module", m.Name, m.Origin)
	}
	for _, h := range facts.Handlers {
		add(h.Scopes, "handler", h.Name, h.Origin)
	}
	for _, f := range facts.Filters {
		add(f.Scopes, "filter", f.Name, f.Origin)
	}
	for _, r := range facts.RewriteRules {
		add(r.Scopes, r.Kind, r.Name, r.Origin)
	}
	for _, s := range facts.Settings {
		add(s.Scopes, "setting", s.Name+"="+s.Value, s.Origin)
	}
	return found
}

func TestRead(t *testing.T) {
	tests := []struct {
		name  string
		host  string
		files map[string]string
		want  map[string][]string // of the scopes named; an empty list for "nothing"
	}{
		{
			name: "the server level reaches every application",
			host: modules(`<add name="A" />`),
			want: map[string][]string{
				"": {"module A@applicationHost.config:19"}, "Front/": {"module A@applicationHost.config:19"},
				"Front/owa": {"module A@applicationHost.config:19"}, "Back/": {"module A@applicationHost.config:19"},
			},
		},
		{
			name: "a location in another spelling",
			host: `<location path="/FRONT/Owa/">` + modules(`<add name="A" type="X.Y, Z" />`) + `</location>`,
			want: map[string][]string{
				"Front/": {}, "Front/owa": {"module A@applicationHost.config:19"},
				"Front/owa/cal": {"module A@applicationHost.config:19"}, "Back/": {},
			},
		},
		{
			name: "an empty path and a dot are the server level",
			host: `<location path="">` + modules(`<add name="A" />`) + `</location><location path=".">` + modules(`<add name="B" />`) + `</location>`,
			want: map[string][]string{"Back/": {"module A@applicationHost.config:19", "module B@applicationHost.config:19"}},
		},
		{
			name: "a far location comes before the near web.config",
			host: modules(`<add name="A" />`) + `<location path="Front/owa">` + modules(`<remove name="A" /><add name="B" />`) + `</location>`,
			files: map[string]string{
				"D/ex/owa/web.config": web(`<location path="." inheritInChildApplications="false">` + modules(`<remove name="B" /><add name="C" />`) + `</location>`),
			},
			want: map[string][]string{
				"Front/": {"module A@applicationHost.config:19"}, "Front/owa": {"module C@web.config:2"},
				// The web.config of /owa/cal is the same file, and what /owa's says stops at /owa.
				"Front/owa/cal": {"module C@web.config:2"},
			},
		},
		{
			name: "a site's web.config stops at child applications when it says so",
			files: map[string]string{
				"C/root/web.config": web(`<location inheritInChildApplications="false">` + modules(`<add name="Own" />`) + `</location>` + modules(`<add name="All" />`)),
			},
			want: map[string][]string{
				"Front/": {"module All@web.config:2", "module Own@web.config:2"}, "Front/owa": {"module All@web.config:2"},
			},
		},
		{
			name: "clear, remove and comments",
			host: modules(`<add name="A" /><add name="B" /><!-- <add name="Ghost" /> -->`),
			files: map[string]string{
				"D/ex/owa/web.config":  web(modules(`<remove name="a" />`)),
				"D/ex/back/web.config": web(modules(`<add name="X" /><clear /><add name="C" />`)),
			},
			want: map[string][]string{
				"Front/owa": {"module B@applicationHost.config:19"}, "Back/": {"module C@web.config:2"},
			},
		},
		{
			name: "a web.config location below its folder",
			files: map[string]string{
				"C/root/web.config": web(`<location path="owa/CAL">` + modules(`<add name="A" />`) + `</location>`),
			},
			want: map[string][]string{"Front/owa": {}, "Front/owa/cal": {"module A@web.config:2"}},
		},
		{
			name: "nested folders, virtual directories and named paths list what is theirs",
			host: `<system.webServer><handlers><add name="Server" path="*" /></handlers></system.webServer>` +
				`<location path="Front/owa/auth"><system.webServer><handlers><add name="Auth" path="*" /></handlers></system.webServer></location>`,
			files: map[string]string{
				"D/ex/owa/img/deep/web.config": web(`<system.webServer><handlers><add name="Deep" path="*" type="A.B" /></handlers></system.webServer>`),
				"D/pics/web.config":            web(`<system.webServer><handlers><add name="Pics" path="*" /></handlers></system.webServer>`),
			},
			want: map[string][]string{
				"Front/owa": {"handler Server@applicationHost.config:19"}, "Front/owa/auth": {"handler Auth@applicationHost.config:19"},
				"Front/owa/img/deep": {"handler Deep@web.config:2"}, "Front/owa/cal/img/deep": {"handler Deep@web.config:2"},
				"Front/owa/pics": {"handler Pics@web.config:2"},
			},
		},
		{
			name:  "modules in a folder that is no application are refused by IIS",
			files: map[string]string{"D/ex/owa/img/web.config": web(modules(`<add name="A" />`))},
			want:  map[string][]string{"Front/owa/img": {}},
		},
		{
			name: "a site clears the server's filters",
			host: `<system.webServer><isapiFilters><filter name="Far" path="D:\x.dll" /></isapiFilters></system.webServer>` +
				`<location path="Front"><system.webServer><isapiFilters><clear /><filter name="Near" path="D:\y.dll" /></isapiFilters></system.webServer></location>`,
			want: map[string][]string{
				"": {"filter Far@applicationHost.config:19"}, "Front": {"filter Near@applicationHost.config:19"},
				"Back": {"filter Far@applicationHost.config:19"},
			},
		},
		{
			name: "rewrite rules of every kind",
			host: `<system.webServer><rewrite><globalRules><rule name="G" /></globalRules></rewrite></system.webServer>`,
			files: map[string]string{
				"D/ex/owa/web.config": web(`<system.webServer><rewrite><rules><clear /><rule name="I" /></rules>` +
					`<outboundRules><rule name="O" /></outboundRules></rewrite></system.webServer>`),
			},
			want: map[string][]string{
				"": {"global G@applicationHost.config:19"}, "Front/owa": {"inbound I@web.config:2", "outbound O@web.config:2"},
			},
		},
		{
			name: "the nearest value of a setting wins",
			files: map[string]string{
				"C/Windows/Microsoft.NET/Framework64/v4.0.30319/Config/web.config": web(`<system.web><identity impersonate="false" /></system.web>`),
				"D/ex/owa/web.config": web(`<system.web><identity impersonate="TRUE" /></system.web>`),
			},
			want: map[string][]string{
				"Back/": {"setting impersonate=false@web.config:2"}, "Front/owa": {"setting impersonate=TRUE@web.config:2"},
			},
		},
		{
			name: "a section in a file of its own",
			files: map[string]string{
				"D/ex/owa/web.config":    web(`<system.webServer><handlers configSource="sub\h.config" /></system.webServer>`),
				"D/ex/owa/sub/h.config":  "<handlers>\n<add name=\"H\" path=\"*\" />\n</handlers>",
				"D/ex/back/web.config":   web(`<system.webServer><handlers><add name="B" path="*" /></handlers></system.webServer>`),
				"D/ex/back/other.config": "<other />",
			},
			want: map[string][]string{"Front/owa": {"handler H@h.config:2"}, "Back/": {"handler B@web.config:2"}},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			files := map[string]string{hostConfig: host(test.host)}
			for name, text := range test.files {
				files[name] = text
			}
			facts, err := read(t, server{files: files})
			if err != nil {
				t.Fatalf("unexpected gap: %v", err)
			}
			got := effective(facts)
			for scope, want := range test.want {
				if !slices.Equal(got[scope], want) {
					t.Errorf("%q: got %q, want %q", scope, got[scope], want)
				}
			}
		})
	}
}
