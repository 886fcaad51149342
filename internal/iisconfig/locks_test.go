package iisconfig

import (
	"fmt"
	"slices"
	"testing"
)

func TestLocks(t *testing.T) {
	const registered = `<configSections><sectionGroup name="system.webServer">
<section name="modules" allowDefinition="MachineToApplication" overrideModeDefault="Deny" /><section name="handlers" overrideModeDefault="Allow" />
</sectionGroup></configSections>`
	own := modules(`<add name="Near" type="Acme.Near" />`)
	handlers := func(inner string) string {
		return "<system.webServer><handlers>" + inner + "</handlers></system.webServer>"
	}
	tests := []struct {
		name, host, web string
		effective       []string // of Front/owa
		rejected        []string
	}{
		{
			name: "locked where it is registered", host: registered, web: own,
			rejected: []string{"Near: locked by overrideModeDefault in [Front/owa Front/owa/cal]"},
		},
		{
			name: "opened for the whole server",
			host: registered + `<location path="" overrideMode="Allow">` + modules("") + `</location>`, web: own,
			effective: []string{"module Near@web.config:2"},
		},
		{
			name: "a location that does not hold the section opens nothing",
			host: registered + `<location path="" overrideMode="Allow">` + handlers("") + `</location>`, web: own,
			rejected: []string{"Near: locked by overrideModeDefault in [Front/owa Front/owa/cal]"},
		},
		{
			name: "a location of the same file passes its own lock",
			host: registered + `<location path="Front/owa">` + modules(`<add name="Far" />`) + `</location>`,
			// Its line is that of the sections, and the registration takes two.
			effective: []string{"module Far@applicationHost.config:21"},
		},
		{
			name: "closed in the older form",
			host: `<location path="front" allowOverride="false">` + handlers("") + `</location>`, web: handlers(`<add name="H" type="Acme.H" />`),
			rejected: []string{`H: locked by C:\Windows\System32\inetsrv\config\applicationHost.config:19 in [Front/owa Front/owa/cal]`},
		},
		{
			name: "an item locked farther up stays",
			host: modules(`<add name="Far" lockItem="true" /><add name="Free" />`), web: modules(`<remove name="Far" /><remove name="Free" />`),
			effective: []string{"module Far@applicationHost.config:19"},
			rejected:  []string{"Far: <remove> is locked farther up in [Front/owa Front/owa/cal]"},
		},
		{
			name: "clear passes over a locked item",
			host: modules(`<add name="Far" lockItem="true" /><add name="Free" />`), web: modules(`<clear /><add name="Near" />`),
			effective: []string{"module Far@applicationHost.config:19", "module Near@web.config:2"},
			rejected:  []string{": <clear> is locked farther up in [Front/owa Front/owa/cal]"},
		},
		{
			name: "elements locked farther up",
			host: `<system.webServer><handlers lockElements="add"><add name="Far" path="*" /></handlers></system.webServer>`,
			web:  handlers(`<remove name="Far" /><add name="Near" type="Acme.Near" />`),
			// What the same file adds is its own affair.
			rejected: []string{"Near: <add> is locked farther up in [Front/owa Front/owa/cal]"},
		},
		{
			name: "all elements locked but one",
			host: `<system.webServer><handlers lockAllElementsExcept="add"><add name="Far" path="*" /></handlers></system.webServer>`,
			web:  handlers(`<remove name="Far" />`), effective: []string{"handler Far@applicationHost.config:19"},
			rejected: []string{"Far: <remove> is locked farther up in [Front/owa Front/owa/cal]"},
		},
		{
			name:     "a section for applicationHost.config only",
			web:      `<system.webServer><globalModules><add name="G" image="D:\g.dll" /></globalModules></system.webServer>`,
			rejected: []string{"G: allowed in applicationHost.config only in [Front/owa Front/owa/cal]"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			files := map[string]string{hostConfig: host(test.host)}
			if test.web != "" {
				files["D/ex/owa/web.config"] = web(test.web)
			}
			facts, err := read(t, server{files: files})
			if err != nil {
				t.Fatal(err)
			}
			if got := effective(facts)["Front/owa"]; !slices.Equal(got, test.effective) {
				t.Errorf("got effective %q, want %q", got, test.effective)
			}
			var rejected []string
			for _, r := range facts.Rejected {
				rejected = append(rejected, fmt.Sprintf("%s: %s in %v", r.Name, r.Reason, r.Scopes))
			}
			if !slices.Equal(rejected, test.rejected) {
				t.Errorf("got rejected %q, want %q", rejected, test.rejected)
			}
		})
	}
}

func TestModulesBelowAnApplication(t *testing.T) {
	facts, err := read(t, server{files: map[string]string{
		hostConfig: host(""), "D/ex/back/img/web.config": web(modules(`<add name="A" type="Acme.A" />`)),
	}})
	if err != nil {
		t.Fatal(err)
	}
	if len(facts.Modules) != 0 || len(facts.Rejected) != 1 || facts.Rejected[0].Reason != "allowed in the root of an application only" ||
		!slices.Equal(facts.Rejected[0].Scopes, []string{"Back/img"}) || facts.Rejected[0].Value != "Acme.A" {
		t.Errorf("got modules %+v and rejected %+v", facts.Modules, facts.Rejected)
	}
}
