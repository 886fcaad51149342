package iisconfig

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

// benchServer is a made server of the size of a real one: some 5 MB of configuration, most of it in two
// shared files of assembly bindings.
func benchServer() fstest.MapFS {
	var shared, sites, locations, many strings.Builder
	shared.WriteString("<configuration><assemblyBinding>")
	for i := range 7_400 {
		fmt.Fprintf(&shared, `<dependentAssembly><assemblyIdentity name="Microsoft.Exchange.Clients.Security%d.resources" publicKeyToken="31bf3856ad364e35" culture="af" /><codeBase version="15.0.0.0" href="file:///D:\ex\bin\af\Microsoft.Exchange.Clients.Security%d.resources.dll" /></dependentAssembly>`+"\n", i, i)
	}
	shared.WriteString("</assemblyBinding></configuration>")
	for i := range 50 {
		fmt.Fprintf(&many, `<add name="M%d" type="Microsoft.Exchange.Some.Class%d, Microsoft.Exchange.Some, Version=15.0.0.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35" preCondition="integratedMode,runtimeVersionv4.0" />`+"\n", i, i)
	}
	disk := fstest.MapFS{
		"D/ex/fe.config": {Data: []byte(shared.String())}, "D/ex/be.config": {Data: []byte(shared.String())},
	}
	for i, site := range []string{"Front", "Back"} {
		fmt.Fprintf(&sites, `<site name=%q id="%d"><application path="/"><virtualDirectory path="/" physicalPath="D:\ex\%s" /></application>`, site, i, site)
		for a := range 15 {
			fmt.Fprintf(&sites, `<application path="/a%d" applicationPool="P"><virtualDirectory path="/" physicalPath="D:\ex\%s\a%d" /></application>`, a, site, a)
			fmt.Fprintf(&locations, `<location path="%s/a%d"><system.webServer><handlers accessPolicy="Read"><clear />%s</handlers></system.webServer></location>`+"\n", site, a, many.String())
			disk[fmt.Sprintf("D/ex/%s/a%d/web.config", site, a)] = &fstest.MapFile{Data: []byte(web(
				modules(many.String()) + `<assemblyBinding><linkedConfiguration href="file://D:\ex\` + strings.ToLower(site[:1]) + `e.config" /></assemblyBinding>`))}
		}
		sites.WriteString("</site>")
	}
	disk[hostConfig] = &fstest.MapFile{Data: []byte("<configuration><system.applicationHost><sites>" + sites.String() +
		"</sites></system.applicationHost>" + locations.String() + "</configuration>")}
	return disk
}

func BenchmarkRead(b *testing.B) {
	disk := benchServer()
	size := 0
	for _, f := range disk {
		size += len(f.Data)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		facts, err := Read(context.Background(), disk, Environment{SystemRoot: `C:\Windows`})
		if err != nil || len(facts.Modules) == 0 {
			b.Fatal(err)
		}
	}
}
