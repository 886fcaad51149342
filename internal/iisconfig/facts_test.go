package iisconfig

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func TestPools(t *testing.T) {
	const pools = `<configuration><system.applicationHost><applicationPools>
<add name="System"><processModel identityType="LocalSystem" /></add>
<add name="Inherits" managedPipelineMode="Classic" />
<add name="User" enable32BitAppOnWin64="True"><processModel identityType="SpecificUser" userName="ACME\svc" password="[enc:IISCngProvider:c2VjcmV0:enc]" /></add>
<add name="Local" CLRConfigFile="%windir%\x.config"><processModel identityType="SpecificUser" userName=".\LocalSystem" /></add>
<add name="Gone" /><remove name="gone" />
<applicationPoolDefaults managedRuntimeVersion="v2.0"><processModel identityType="NetworkService" /></applicationPoolDefaults>
</applicationPools></system.applicationHost></configuration>`
	facts, err := read(t, server{files: map[string]string{hostConfig: pools, "C/Windows/x.config": "<configuration />"}})
	if err != nil {
		t.Fatal(err)
	}
	type summary struct {
		name, identity, from, user, sid, pipeline, runtime, clr string
		line                                                    int
		wide                                                    bool
	}
	var got []summary
	for _, p := range facts.Pools {
		got = append(got, summary{
			p.Name, p.IdentityType, p.IdentityFrom, p.UserName, p.SID, p.PipelineMode, p.RuntimeVersion, p.CLRConfigKey,
			p.IdentityLine, p.Enable32Bit,
		})
	}
	want := []summary{
		{"System", "LocalSystem", "pool", "", "S-1-5-18", "Integrated", "v2.0", "", 2, false},
		{"Inherits", "NetworkService", "defaults", "", "S-1-5-20", "Classic", "v2.0", "", 7, false},
		{"User", "SpecificUser", "pool", `ACME\svc`, "", "Integrated", "v2.0", "", 4, true},
		{"Local", "SpecificUser", "pool", `.\LocalSystem`, "S-1-5-18", "Integrated", "v2.0", `c:\windows\x.config`, 5, false},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if p := facts.Pools[2].Password; p == nil || p.Kind != "encrypted" || len(p.Fingerprint) != 8 {
		t.Errorf("got password %+v, want an encrypted one with a fingerprint", p)
	}
	text, err := json.Marshal(facts)
	if err != nil || strings.Contains(string(text), "c2VjcmV0") {
		t.Errorf("the password is in the facts: %s %v", text, err)
	}
}

func TestApps(t *testing.T) {
	facts, err := read(t, server{files: map[string]string{hostConfig: host("")}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range facts.Apps {
		got = append(got, fmt.Sprintf("%s in %s by %s at %s, line %d", a.Scope, a.Pool, a.PoolFrom, a.PhysicalKey, a.Line))
	}
	want := []string{
		`Front/ in DefaultAppPool by server at c:\root, line 10`,
		`Front/owa in Owa by application at d:\ex\owa, line 11`,
		`Front/owa/cal in Owa by application at d:\ex\owa, line 12`,
		`Back/ in DefaultAppPool by server at d:\ex\back, line 15`,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if got, want := facts.Sites[0].Bindings, []Binding{{"https", "*:443:"}}; !reflect.DeepEqual(got, want) {
		t.Errorf("got bindings %v, want %v", got, want)
	}
	if d := facts.Directories[0]; d.Scope != "Front/owa/pics" || d.App != "Front/owa" || d.PhysicalKey != `d:\pics` {
		t.Errorf("got directory %+v", d)
	}
}

func TestOverrides(t *testing.T) {
	facts, err := read(t, server{files: map[string]string{
		hostConfig: host(modules(`<add name="Own" type="Microsoft.Own, M" />`) + "\n<system.web><identity impersonate=\"false\" /></system.web>"),
		"D/ex/owa/web.config": web(modules(`<remove name="OWN" />`+"\n"+`<add name="own" type="Acme.Fake, Acme" />`) +
			"\n" + `<system.web><identity impersonate="true" /></system.web>`),
	}})
	if err != nil {
		t.Fatal(err)
	}
	var fake *Module
	for i := range facts.Modules {
		if facts.Modules[i].Class == "acme.fake" {
			fake = &facts.Modules[i]
		}
	}
	applied := Override{Origin{`C:\Windows\System32\inetsrv\config\applicationHost.config`, 19}, "Microsoft.Own, M"}
	if fake == nil || fake.File != `D:\ex\owa\web.config` || fake.Line != 3 || !reflect.DeepEqual(fake.Overrides, []Override{applied}) {
		t.Errorf("got %+v, want line 3 over %+v", fake, applied)
	}
	last := facts.Settings[len(facts.Settings)-1]
	want := Setting{
		Origin{`D:\ex\owa\web.config`, 4}, "system.web/identity", "impersonate", "impersonate", "true", []string{"Front/owa", "Front/owa/cal"},
		[]Override{{Origin{`C:\Windows\System32\inetsrv\config\applicationHost.config`, 20}, "false"}},
	}
	// /owa/cal applies the same file twice; its setting overrides the server's all the same.
	if !reflect.DeepEqual(last, want) {
		t.Errorf("got  %+v\nwant %+v", last, want)
	}
}

func TestDuplicateEntries(t *testing.T) {
	facts, err := read(t, server{files: map[string]string{
		hostConfig:             host(modules(`<add name="A" />`)),
		"D/ex/back/web.config": web(modules(`<add name="a" type="X.Y" />`)),
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := Note{
		Origin: Origin{`D:\ex\back\web.config`, 2}, Kind: "duplicate_entry",
		Text: `a is already there, from C:\Windows\System32\inetsrv\config\applicationHost.config:19`,
	}
	if len(facts.Notes) != 1 || facts.Notes[0] != want {
		t.Errorf("got %+v, want %+v", facts.Notes, want)
	}
	if got := effective(facts)["Back/"]; len(got) != 2 {
		t.Errorf("got %q, want both entries", got)
	}
}

func TestRewriteRule(t *testing.T) {
	facts, err := read(t, server{files: map[string]string{
		hostConfig: host(""),
		"D/ex/back/web.config": web(`<system.webServer><rewrite><rules>
<rule name="In" enabled="False" patternSyntax="Wildcard"><match url="*" negate="true" /><conditions logicalGrouping="MatchAny"><add input="{URL}" pattern="x" /></conditions><serverVariables><set name="HTTP_X" value="1" /></serverVariables><action type="Rewrite" url="https://x/" /></rule></rules>
<outboundRules><rule name="Out" preCondition="Html"><match serverVariable="RESPONSE_X" pattern=".*" /><action type="Rewrite" value="v" /></rule>
<preConditions><preCondition name="html"><add input="{RESPONSE_CONTENT_TYPE}" pattern="^text/html" /></preCondition></preConditions></outboundRules>
<providers><provider name="P" type="Acme.Provider, Acme, PublicKeyToken=0123456789ABCDEF" /></providers></rewrite></system.webServer>`),
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := []RewriteRule{
		{
			Origin: Origin{`D:\ex\back\web.config`, 3}, Kind: "inbound", Name: "In", Key: "in", PatternSyntax: "Wildcard",
			Match: RewriteMatch{Pattern: "*", Negate: true}, Grouping: "MatchAny",
			Conditions:      []Condition{{Input: "{URL}", Pattern: "x", MatchType: "Pattern"}},
			Action:          RewriteAction{Type: "Rewrite", Value: "https://x/"},
			ServerVariables: []ServerVariable{{"HTTP_X", "1"}}, Precondition: Precondition{Conditions: []Condition{}},
			Scopes: []string{"Back/"}, Overrides: []Override{},
		},
		{
			Origin: Origin{`D:\ex\back\web.config`, 4}, Kind: "outbound", Name: "Out", Key: "out", Enabled: true,
			PatternSyntax: "ECMAScript", Match: RewriteMatch{Pattern: ".*", ServerVariable: "RESPONSE_X"}, Grouping: "MatchAll",
			Conditions: []Condition{}, Action: RewriteAction{Type: "Rewrite", Value: "v"}, ServerVariables: []ServerVariable{},
			Precondition: Precondition{
				Name: "Html", Grouping: "MatchAll",
				Conditions: []Condition{{Input: "{RESPONSE_CONTENT_TYPE}", Pattern: "^text/html", MatchType: "Pattern"}},
			},
			Scopes: []string{"Back/"}, Overrides: []Override{},
		},
	}
	if !reflect.DeepEqual(facts.RewriteRules, want) {
		t.Errorf("got  %+v\nwant %+v", facts.RewriteRules, want)
	}
	if p := facts.RewriteProviders; len(p) != 1 || p[0].Class != "acme.provider" || p[0].Token != "0123456789abcdef" {
		t.Errorf("got providers %+v", p)
	}
}

func TestCodeBases(t *testing.T) {
	facts, err := read(t, server{files: map[string]string{
		hostConfig:             host(""),
		"D/ex/back/web.config": web(`<assemblyBinding><linkedConfiguration href="file:///D:/ex/a%20b/shared.config" /></assemblyBinding>`),
		"D/ex/a b/shared.config": `<configuration><assemblyBinding>
<dependentAssembly><assemblyIdentity name="One" /><codeBase href="file:///D:\ex\bin\One.dll" /></dependentAssembly>
<dependentAssembly><assemblyIdentity name="One.resources" /><codeBase href="file:///D:\ex\bin\de\One.resources.dll" /></dependentAssembly>
<dependentAssembly><assemblyIdentity name="Far" /><codeBase href="http://x.example/Far.dll" /></dependentAssembly>
</assemblyBinding></configuration>`,
	}})
	if err != nil {
		t.Fatal(err)
	}
	file := `D:\ex\a b\shared.config`
	want := []CodeBase{
		{Origin{file, 2}, `D:\ex\bin`, `d:\ex\bin`, 2, "One", `file:///D:\ex\bin\One.dll`},
		{Origin{file, 4}, `http:\\x.example`, `http:\x.example`, 1, "Far", `http://x.example/Far.dll`},
	}
	if !reflect.DeepEqual(facts.CodeBases, want) {
		t.Errorf("got  %+v\nwant %+v", facts.CodeBases, want)
	}
	if l := facts.LinkedConfigurations; len(l) != 1 || l[0].Assemblies != 3 || !reflect.DeepEqual(l[0].Scopes, []string{"Back/"}) {
		t.Errorf("got links %+v", l)
	}
}

func TestTypeName(t *testing.T) {
	tests := []struct {
		text string
		want TypeName
	}{
		{"", TypeName{}},
		{"A.B", TypeName{Class: "a.b"}},
		{"A.B, C.D", TypeName{Class: "a.b", Assembly: "c.d"}},
		{"A.B,C,Version=1.0.0.0, Culture=neutral, PublicKeyToken=31BF3856AD364E35", TypeName{Class: "a.b", Assembly: "c", Token: "31bf3856ad364e35"}},
		{"A.B`1[[X.Y, Z, PublicKeyToken=1]], C, PublicKeyToken=2", TypeName{Class: "a.b`1[[x.y, z, publickeytoken=1]]", Assembly: "c", Token: "2"}},
		{"A.B, Version=1.0.0.0", TypeName{Class: "a.b"}},
	}
	for _, test := range tests {
		test.want.Type = test.text
		if got := typeName(test.text); got != test.want {
			t.Errorf("%q: got %+v, want %+v", test.text, got, test.want)
		}
	}
}

func TestExpand(t *testing.T) {
	env := Environment{SystemRoot: `E:\Win`}
	for text, want := range map[string]string{
		`%windir%\a`: `E:\Win\a`, `%SystemDrive%\x\%SYSTEMROOT%`: `E:\x\E:\Win`, `%unknown%\a`: `%unknown%\a`,
		`50%`: `50%`, `%a%windir%`: `%aE:\Win`, `%%windir%`: `%E:\Win`, `%IIS_BIN%\x.dll`: `E:\Win\System32\inetsrv\x.dll`,
	} {
		if got := env.Expand(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// A file made to be slow to merge must not be: each step takes the same time however many came before.
func TestMergeIsLinear(t *testing.T) {
	var hostile strings.Builder
	for i := range 30_000 {
		fmt.Fprintf(&hostile, `<add name="%d" /><remove name="%d" /><add name="x" /><remove name="x" />`, i, i/2)
	}
	facts, err := read(t, server{files: map[string]string{hostConfig: host(modules(hostile.String()))}})
	if err != nil || facts == nil {
		t.Fatal(err)
	}
	for _, m := range facts.Modules {
		if len(m.Overrides) > maxOverrides {
			t.Fatalf("%d overrides listed", len(m.Overrides))
		}
	}
}
