package collectors

import (
	"context"
	"fmt"
	"io/fs"
	"iter"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/regfile"
)

// disk is a copied disk in memory.
type disk fstest.MapFS

func (d disk) Kind() exvet.HostKind { return exvet.EvidenceHost }
func (d disk) Files() fs.FS         { return fstest.MapFS(d) }

// Registry holds nothing.
func (d disk) Registry() exvet.Registry {
	return regfile.New(nil, func() ([]*regfile.Export, error) { return nil, nil })
}

func (d disk) Processes(context.Context) ([]exvet.Process, error) { return nil, exvet.ErrNoEvidence }

func (d disk) Events(context.Context, exvet.EventQuery) iter.Seq2[exvet.Event, error] {
	return func(yield func(exvet.Event, error) bool) { yield(exvet.Event{}, exvet.ErrNoEvidence) }
}

func newDisk(files map[string]string) disk {
	d := disk{}
	for name, text := range files {
		d[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return d
}

// hostConfig is an applicationHost.config with one application a folder, and a <location> a path.
func hostConfig(folders []string, locations ...string) string {
	var b strings.Builder
	b.WriteString(`<configuration><system.applicationHost><sites><site name="S" id="1">`)
	for i, folder := range folders {
		fmt.Fprintf(&b, `<application path="/a%d"><virtualDirectory path="/" physicalPath="%s" /></application>`, i, folder)
	}
	b.WriteString(`</site></sites></system.applicationHost>`)
	for _, path := range locations {
		fmt.Fprintf(&b, "\n<location path=%q />", path)
	}
	return b.String() + `</configuration>`
}

const (
	configName = "C/Windows/System32/inetsrv/config/applicationHost.config"
	front      = `E:\Mail\FrontEnd\HttpProxy\`
	back       = `E:\Mail\ClientAccess\`
)

func TestExchange(t *testing.T) {
	both := []string{front + "owa", back + "owa"}
	tests := []struct {
		name  string
		files map[string]string
		want  exvet.Server
		gaps  []string
	}{
		{
			name:  "any drive, any folder, the highest build",
			files: map[string]string{configName: hostConfig(both, "S/owa/15.2.922.7", "S/ecp/15.2.1118.7", "S/owa/auth", "S/owa/15.2.9999.1x")},
			want:  exvet.Server{Build: "15.2.1118.7", Product: "2019", Roles: []string{"mailbox"}, ExchangeRoot: `E:\Mail`, SystemRoot: `C:\Windows`},
		},
		{
			name:  "Windows in another folder",
			files: map[string]string{"D/WINNT/System32/inetsrv/config/applicationHost.config": hostConfig(both, "S/owa/15.2.2562.17")},
			want:  exvet.Server{Build: "15.2.2562.17", Product: "SE", Roles: []string{"mailbox"}, ExchangeRoot: `E:\Mail`, SystemRoot: `D:\WINNT`},
		},
		{
			name:  "half of Exchange 2013",
			files: map[string]string{configName: hostConfig([]string{front + "owa"}, "S/owa/15.0.1497.2")},
			want:  exvet.Server{Build: "15.0.1497.2", Product: "2013", Roles: []string{"client_access"}, ExchangeRoot: `E:\Mail`, SystemRoot: `C:\Windows`},
		},
		{
			name:  "one folder elsewhere does not outvote the rest",
			files: map[string]string{configName: hostConfig([]string{`D:\Acme\ClientAccess\x`, front + "owa", back + "ecp"}, "S/owa/15.1.2375.7")},
			want:  exvet.Server{Build: "15.1.2375.7", Product: "2016", Roles: []string{"mailbox"}, ExchangeRoot: `E:\Mail`, SystemRoot: `C:\Windows`},
		},
		{
			name:  "a tie is not decided",
			files: map[string]string{configName: hostConfig([]string{`D:\A\ClientAccess\x`, back + "owa"}, "S/owa/15.1.2375.7")},
			want:  exvet.Server{Build: "15.1.2375.7", Product: "2016", Roles: []string{}, SystemRoot: `C:\Windows`},
			gaps:  []string{`more than one folder looks like Exchange's: d:\a, e:\mail`, "nothing shows the roles of the server"},
		},
		{
			name:  "the computer's name from its answers",
			files: map[string]string{configName: hostConfig(both, "S/owa/15.1.2375.7"), "E/Mail/ClientAccess/owa/web.config": `<configuration><system.webServer><httpProtocol><customHeaders><add name="X-BEServer" value="EX-01" /></customHeaders></httpProtocol></system.webServer></configuration>`},
			want:  exvet.Server{Name: "EX-01", Build: "15.1.2375.7", Product: "2016", Roles: []string{"mailbox"}, ExchangeRoot: `E:\Mail`, SystemRoot: `C:\Windows`},
		},
		{
			name:  "a name that is none",
			files: map[string]string{configName: hostConfig(both, "S/owa/15.1.2375.7"), "E/Mail/ClientAccess/owa/web.config": `<configuration><system.webServer><httpProtocol><customHeaders><add name="X-BEServer" value="&#x1b;[31m" /></customHeaders></httpProtocol></system.webServer></configuration>`},
			want:  exvet.Server{Build: "15.1.2375.7", Product: "2016", Roles: []string{"mailbox"}, ExchangeRoot: `E:\Mail`, SystemRoot: `C:\Windows`},
		},
		{
			name:  "a broken configuration leaves the disk",
			files: map[string]string{configName: "<configuration>", "F/Apps/Exchange/FrontEnd/x": "", "F/Apps/Exchange/TransportRoles/x": ""},
			want:  exvet.Server{Roles: []string{}, ExchangeRoot: `F:\Apps\Exchange`, SystemRoot: `C:\Windows`},
			gaps:  []string{"nothing shows the build of Exchange", "nothing shows the roles of the server"},
		},
		{
			name:  "no sign of Exchange",
			files: map[string]string{configName: hostConfig([]string{`C:\inetpub`})},
			want:  exvet.Server{Roles: []string{}, SystemRoot: `C:\Windows`},
			gaps: []string{
				"nothing shows the build of Exchange", "nothing shows the roles of the server", "nothing shows where Exchange is installed",
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			snapshot := Collect(context.Background(), newDisk(test.files), Options{Now: time.Unix(0, 0)})
			if !reflect.DeepEqual(snapshot.Server, test.want) {
				t.Errorf("got  %+v\nwant %+v", snapshot.Server, test.want)
			}
			var gaps []string
			for _, missing := range snapshot.Collected["exchange"].Missing {
				gaps = append(gaps, missing.Reason)
			}
			if !reflect.DeepEqual(gaps, test.gaps) {
				t.Errorf("got gaps %q, want %q", gaps, test.gaps)
			}
		})
	}
}
