package plan

import (
	"strings"
	"testing"

	"github.com/exvet/exvet"
)

// TestEntryOff: an entry is taken out where it is written, and only where its rule says that it is to be taken out.
func TestEntryOff(t *testing.T) {
	const host, own, above = `file:C:\Windows\System32\inetsrv\config\applicationHost.config:9`, `file:E:\Exchange\FrontEnd\owa\web.config:3`, `file:C:\inetpub\wwwroot\web.config:5`
	const takeOut, disable = "Save it, take the entry out, and test again.", "Save it, disable this one entry, and test again."
	tests := []struct {
		name, subject, ref, repro string
		want                      []string // "" means no command
	}{
		{"own file", "module:Default Web Site/owa:Gate", own, takeOut,
			[]string{`set config 'Default Web Site/owa' /section:system.webServer/modules '/-[name=''Gate'']'`}},
		{"applicationHost.config", "module:Default Web Site/owa:Gate", host, takeOut,
			[]string{`set config 'Default Web Site/owa' /section:system.webServer/modules '/-[name=''Gate'']' /commit:apphost`}},
		{"a file above", "module:Default Web Site/owa:Gate", above, takeOut,
			[]string{`$file = 'C:\inetpub\wwwroot\web.config'`, `''modules'']/*[@name]'`, `-ceq 'Gate'`, "RemoveChild"}},
		{"a site's own folder", "module:Default Web Site:Gate", above, takeOut, []string{`set config 'Default Web Site' /section:system.webServer/modules`}},
		{"a filter", "filter:Default Web Site:Gate", host, disable,
			[]string{`set config 'Default Web Site' /section:system.webServer/isapiFilters '/[name=''Gate''].enabled:false' /commit:apphost`}},
		{"a filter without a plain name", "filter:Default Web Site:Ga'te", host, disable,
			[]string{`GetApplicationHostConfiguration().GetSection('system.webServer/isapiFilters', 'Default Web Site')`, "['enabled'] = $false"}},
		{"an outbound rule above", "rewrite:Default Web Site/owa:Guard", above, disable, []string{`''rewrite'']/*[local-name()=''outboundRules'']`, `SetAttribute('enabled', 'false')`}},
		{"an application of others", "app:Default Web Site/desk", host, takeOut, []string{`delete app '/app.name:Default Web Site/desk'`, "delete vdir"}},
		{"an application of Exchange that was moved", "app:Default Web Site/owa", host, "Save it, set the pool and the folder back, and test again.", nil},
		{"a handler that is missing", "handler:Default Web Site/owa:Own", own, "Save the file, put the one of a server with the same update in its place.", nil},
		{"a log that is off", "global-module:HttpLoggingModule", host, "Switch the log on.", nil},
		{"a pool with another runtime", "pool:MSExchangeOWAAppPool", host, "Set it back.", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := found{
				&exvet.Result{About: exvet.About{Title: "Outbound rule", Clause: "C3", Repro: tt.repro}},
				&exvet.Finding{Subject: tt.subject, Evidence: []exvet.Evidence{{Ref: tt.ref}}},
			}
			got := strings.Join((&work{}).off(f), "\n")
			if (got == "") != (tt.want == nil) {
				t.Fatalf("got %q, want %q", got, tt.want)
			}
			for _, want := range tt.want {
				if !strings.Contains(got, want) {
					t.Errorf("got %q, want it to hold %q", got, want)
				}
			}
		})
	}
}

// TestInherited: what an application inherits from the one above goes with it.
func TestInherited(t *testing.T) {
	finding := func(subject, ref string) found {
		return found{&exvet.Result{About: exvet.About{ID: "X"}}, &exvet.Finding{Subject: subject, Evidence: []exvet.Evidence{{Ref: ref}}}}
	}
	w := &work{change: []found{
		finding("module:Default Web Site/owa:Gate", "file:a:1"), finding("module:Default Web Site/owa/Calendar:Gate", "file:a:1"),
		finding("module:Default Web Site/owa2:Gate", "file:a:1"), finding("module:Default Web Site/owa/own:Gate", "file:b:1"),
	}}
	for i, want := range []bool{false, true, false, false} {
		if got := w.inherited(w.change[i]); got != want {
			t.Errorf("%s: inherited %t, want %t", w.change[i].finding.Subject, got, want)
		}
	}
}

// TestSecuritySoftware: whatever road it takes, the vendor's exclusion comes before anything is turned off.
func TestSecuritySoftware(t *testing.T) {
	for _, clause := range []string{"C1", "C2", "C3", "C5", "-"} {
		server := &exvet.ServerReport{Results: []exvet.Result{{
			About:    exvet.About{ID: "X", Stance: exvet.Unsupported, Clause: clause, Repro: "Take the entry out."},
			Findings: []exvet.Finding{{Subject: "global-module:Gate"}},
		}}}
		in := exvet.Integration{Product: "Guard", Class: "security", Stance: exvet.Unsupported, Methods: []exvet.Method{{Rule: "X", Subject: "global-module:Gate"}}}
		var phases []Phase
		for _, step := range remove(server, in, 1).Steps {
			phases = append(phases, step.Phase)
		}
		exclude, disable := -1, -1
		for i, phase := range phases {
			switch {
			case phase == Exclude:
				exclude = i
			case phase == Disable && disable < 0:
				disable = i
			}
		}
		if exclude < 0 || disable < exclude {
			t.Errorf("clause %s: got the phases %v, want the exclusion before anything is turned off", clause, phases)
		}
	}
}
