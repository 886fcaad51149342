package iisconfig

import (
	"context"
	"testing"
	"time"
)

// FuzzServer reads a server whose every file of configuration is damaged: it ends, soon, with facts or with what is missing.
func FuzzServer(f *testing.F) {
	f.Add(host(modules(`<add name="A" type="T" preCondition="managedHandler" lockItem="true" />`)+
		`<location path="Front/owa" overrideMode="Deny"><system.webServer><handlers><clear /><add name="h" path="*" verb="*" modules="M" /></handlers></system.webServer></location>`),
		web(`<system.webServer><rewrite><rules><rule name="r"><match url=".*" /><action type="Rewrite" url="http://h/{R:0}" /></rule></rules></rewrite></system.webServer>`))
	f.Add(host(`<configSections><sectionGroup name="g"><section name="s" type="x" /></sectionGroup></configSections>`),
		web(`<location path="." inheritInChildApplications="false"><appSettings file="x.config" configSource="y.config"><add key="a" value="Pwd=b" /><remove key="a" /></appSettings></location>`))
	f.Fuzz(func(t *testing.T, hostConfig, webConfig string) {
		began := time.Now()
		facts, err := Read(context.Background(), server{files: map[string]string{
			"C/Windows/System32/inetsrv/config/applicationHost.config": hostConfig,
			"D/ex/owa/web.config": webConfig, "C/root/web.config": webConfig, "D/ex/owa/x.config": webConfig, "D/ex/owa/y.config": webConfig,
		}}, Environment{SystemRoot: `C:\Windows`})
		if facts == nil && err == nil {
			t.Error("neither facts nor an error")
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("took %s for %d bytes", took, len(hostConfig)+len(webConfig))
		}
	})
}

// FuzzRedacted holds a file without its secrets to its source: the same elements on the same lines, and nothing to take out again.
func FuzzRedacted(f *testing.F) {
	f.Add([]byte("<a password=\"hunter2\"\n user='x'><!-- c\n --><b c='Server=a;Pwd=hunter2'/></a>\n"))
	f.Add([]byte("\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<x:a xmlns:x=\"u\" x:b=\"&lt;&#10;\"></x:a>"))
	f.Add([]byte("<a>\n<b password=\"hunter2\n<c d=hunter2/></a>"))
	f.Fuzz(func(t *testing.T, source []byte) {
		got, err := Redacted(context.Background(), source, "p")
		if err != nil {
			t.Fatal(err)
		}
		again, err := Redacted(context.Background(), got, "p")
		if err != nil || string(again) != string(got) {
			t.Errorf("once more: %q, %v; was %q", again, err, got)
		}
		sameTree(t, source, got)
	})
}
