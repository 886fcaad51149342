package iisconfig

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestSharedConfiguration(t *testing.T) {
	redirect := func(path, enabled string) string {
		return fmt.Sprintf(`<configuration><configurationRedirection enabled="%s" path="%s" /></configuration>`, enabled, path)
	}
	const name = "C/Windows/System32/inetsrv/config/redirection.config"
	tests := []struct {
		name, redirection, shared string
		sites                     int
		err                       string
	}{
		{name: "off", redirection: redirect(`D:\share`, "false"), sites: 2},
		{name: "on another drive", redirection: redirect(`D:\share\`, "true"), shared: "<configuration />"},
		{
			name: "on a share", redirection: redirect(`\\srv\share`, "true"),
			err: `C:\Windows\System32\inetsrv\config\redirection.config:1: shared configuration at "\\\\srv\\share": not in the evidence`,
		},
		{
			name: "not in the evidence", redirection: redirect(`D:\share`, "true"),
			err: `D:\share\applicationHost.config: not in the evidence`,
		},
		{
			name: "malformed", redirection: "<configuration>", sites: 2,
			err: `C:\Windows\System32\inetsrv\config\redirection.config:1: file ends before </configuration> of line 1`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			files := map[string]string{hostConfig: host(""), name: test.redirection}
			if test.shared != "" {
				files["D/share/applicationHost.config"] = test.shared
			}
			facts, err := read(t, server{files: files})
			if got := fmt.Sprint(err); err != nil && got != test.err || err == nil && test.err != "" {
				t.Errorf("got %v, want %s", err, test.err)
			}
			if facts != nil && len(facts.Sites) != test.sites {
				t.Errorf("got %d sites, want %d", len(facts.Sites), test.sites)
			}
		})
	}
}

func TestChildSource(t *testing.T) {
	const outside = `<configuration><system.applicationHost><sites><site name="Front" id="1" childSource="front.config" /></sites></system.applicationHost></configuration>`
	files := map[string]string{hostConfig: outside}
	facts, err := read(t, server{files: files})
	if err == nil || !strings.Contains(err.Error(), "front.config: no such file, named by childSource of <site>") || len(facts.Apps) != 0 {
		t.Errorf("got %v and %d applications", err, len(facts.Apps))
	}
	files["C/Windows/System32/inetsrv/config/front.config"] = "<site>\n" + `<application path="/" applicationPool="P"><virtualDirectory path="/" physicalPath="C:\x" /></application></site>`
	facts, err = read(t, server{files: files})
	if err != nil || len(facts.Apps) != 1 || facts.Apps[0].File != `C:\Windows\System32\inetsrv\config\front.config` || facts.Apps[0].Line != 2 {
		t.Errorf("got %v and %+v", err, facts.Apps)
	}
}

func TestServerTables(t *testing.T) {
	const config = `<system.webServer><security><isapiCgiRestriction notListedCgisAllowed="true">
<add path="%windir%\x.exe|-a" allowed="true" groupId="G" description="D" /></isapiCgiRestriction></security></system.webServer>
<system.applicationHost><serviceAutoStartProviders><add name="P" type="Acme.Start, Acme" /></serviceAutoStartProviders>
<applicationPools><add name="Clr" CLRConfigFile="C:\ex\clr.config"><environmentVariables><add name="COR_PROFILER" value="{1}" /></environmentVariables></add></applicationPools></system.applicationHost>
<webFarms><webFarm name="F" enabled="true"><server address="10.0.0.1" /></webFarm></webFarms>`
	facts, err := read(t, server{files: map[string]string{
		hostConfig: host(config),
		"C/Windows/System32/inetsrv/config/schema/Acme_schema.xml": "<x/>",
		"C/ex/clr.config": web(`<runtime><appDomainManagerType value="Acme.Manager" /></runtime>`),
	}})
	if err != nil {
		t.Fatal(err)
	}
	if r := facts.ISAPIRestrictions; len(r) != 1 || r[0].PathKey != `c:\windows\x.exe` || !r[0].Allowed || r[0].Line != 20 {
		t.Errorf("got restrictions %+v", r)
	}
	if p := facts.AutoStartProviders; len(p) != 1 || p[0].Class != "acme.start" || p[0].Assembly != "acme" {
		t.Errorf("got providers %+v", p)
	}
	if f := facts.WebFarms; len(f) != 1 || !slices.Equal(f[0].Servers, []string{"10.0.0.1"}) {
		t.Errorf("got farms %+v", f)
	}
	if s := facts.SchemaFiles; len(s) != 1 || s[0].Key != "acme_schema.xml" {
		t.Errorf("got schema files %+v", s)
	}
	want := []CLRConfig{{
		File: `C:\ex\clr.config`, FileKey: `c:\ex\clr.config`, Pools: []string{"Clr"},
		Values: []CLRConfigValue{{Origin{`C:\ex\clr.config`, 2}, "runtime/appDomainManagerType", "value", "Acme.Manager"}},
	}}
	if !reflect.DeepEqual(facts.CLRConfigs, want) {
		t.Errorf("got  %+v\nwant %+v", facts.CLRConfigs, want)
	}
	last := facts.Pools[len(facts.Pools)-1]
	if v := last.EnvironmentVariables; len(v) != 1 || v[0].Key != "cor_profiler" || v[0].Value != "{1}" || v[0].Line != 22 {
		t.Errorf("got variables %+v", v)
	}
}

func TestManagedTypesAndBindings(t *testing.T) {
	facts, err := read(t, server{files: map[string]string{
		hostConfig: host(modules(`<add name="Z" /><add name="A" />`)),
		"D/ex/back/web.config": web(`<system.web><httpModules><add name="M" type="Acme.M, Acme" /></httpModules>
<compilation><assemblies><add assembly="Acme.X, PublicKeyToken=1" /></assemblies></compilation></system.web>
<system.serviceModel><extensions><behaviorExtensions><add name="b" type="Acme.B, Acme" /></behaviorExtensions></extensions></system.serviceModel>
<runtime><assemblyBinding><probing privatePath="bin;far" /><dependentAssembly><assemblyIdentity name="N" /><codeBase href="file:///D:/far/N.dll" /></dependentAssembly></assemblyBinding></runtime>
<system.webServer><httpProtocol><customHeaders><add name="X-A" value="1" /></customHeaders></httpProtocol><httpErrors><remove statusCode="401" subStatusCode="1" /><error statusCode="401" subStatusCode="1" path="D:\x.htm" /></httpErrors>
<security><authentication><windowsAuthentication enabled="true"><extendedProtection tokenChecking="Require" /></windowsAuthentication></authentication></security></system.webServer>`),
	}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range facts.ManagedTypes {
		got = append(got, fmt.Sprintf("%s %s: %s of %s (%s), line %d in %v", m.Section, m.Name, m.Class, m.Assembly, m.Token, m.Line, m.Scopes))
	}
	for _, p := range facts.Probing {
		got = append(got, fmt.Sprintf("%s %s %s, line %d in %v", p.Kind, p.Name, p.Value, p.Line, p.Scopes))
	}
	for _, s := range facts.Settings {
		got = append(got, fmt.Sprintf("%s %s=%s, line %d", s.Section, s.Name, s.Value, s.Line))
	}
	for _, o := range facts.ModuleOrder {
		got = append(got, fmt.Sprintf("%s: %v", o.Scope, o.Modules))
	}
	want := []string{
		"system.web/httpModules M: acme.m of acme (), line 2 in [Back/]",
		"system.web/compilation/assemblies Acme.X, PublicKeyToken=1:  of acme.x (1), line 3 in [Back/]",
		"system.serviceModel/extensions/behaviorExtensions b: acme.b of acme (), line 4 in [Back/]",
		"private_path  bin;far, line 5 in [Back/]", "code_base N file:///D:/far/N.dll, line 5 in [Back/]",
		`system.webServer/httpErrors 401.1=D:\x.htm, line 6`, "system.webServer/httpProtocol/customHeaders X-A=1, line 6",
		"system.webServer/security/authentication/windowsAuthentication enabled=true, line 7",
		"system.webServer/security/authentication/windowsAuthentication/extendedProtection tokenChecking=Require, line 7",
		"Front/: [z a]", "Front/owa: [z a]", "Front/owa/cal: [z a]", "Back/: [z a]",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
