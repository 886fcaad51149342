package collectors

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/exvet/exvet/internal/iisconfig"
)

// A native image is worth its assembly, a library of ASP.NET the page it was compiled from.
func TestMade(t *testing.T) {
	const (
		native    = `c:\windows\assembly\nativeimages_v4.0.30319_64\acme.pb378ec07#\0a1b\acme.gate.ni.dll`
		temporary = `c:\windows\microsoft.net\framework64\v4.0.30319\temporary asp.net files\owa\1a\2b\`
		page      = temporary + `app_web_k3x9.dll`
		folder    = "C/Windows/Microsoft.NET/Framework64/v4.0.30319/Temporary ASP.NET Files/owa/1a/2b/"
		record    = `<preserve resultType="3" virtualPath="/owa/auth/Logon.aspx" assembly="App_Web_k3x9" type="ASP.auth_logon_aspx" />`
	)
	tests := []struct {
		name  string
		key   string
		files map[string]string
		want  string
	}{
		{"assembly in the cache", native, map[string]string{
			"C/Windows/Microsoft.NET/assembly/GAC_MSIL/Acme.Gate/v4.0_1.0.0.0__0123456789abcdef/Acme.Gate.dll": "MZ",
		}, `native_image found c:\windows\microsoft.net\assembly\gac_msil\acme.gate\v4.0_1.0.0.0__0123456789abcdef\acme.gate.dll`},
		{"assemblies beside Exchange and in an application", native, map[string]string{
			"E/Exchange/Bin/acme.gate.dll": "MZ", "E/Exchange/FrontEnd/HttpProxy/owa/bin/Acme.Gate.dll": "MZ",
		}, `native_image found e:\exchange\bin\acme.gate.dll,e:\exchange\frontend\httpproxy\owa\bin\acme.gate.dll`},
		{"no assembly", native, nil, "native_image not_in_evidence "},
		{"an image of that name elsewhere", `d:\assembly\nativeimages_v4\x\acme.gate.ni.dll`, map[string]string{"D/assembly/NativeImages_v4/x/acme.gate.ni.dll": "MZ"}, ""},
		{"page", page, map[string]string{folder + "logon.aspx.1.compiled": record, "E/Exchange/FrontEnd/HttpProxy/owa/auth/logon.aspx": "x"},
			`page found e:\exchange\frontend\httpproxy\owa\auth\logon.aspx`},
		{"page that is gone", page, map[string]string{folder + "logon.aspx.1.compiled": record, "E/Exchange/FrontEnd/HttpProxy/owa/auth/other.aspx": "x"}, "page absent "},
		{"page that was not copied", page, map[string]string{folder + "logon.aspx.1.compiled": record}, "page not_in_evidence "},
		{"library without a record", page, map[string]string{folder + "other.aspx.1.compiled": strings.ReplaceAll(record, "k3x9", "zzzz")}, "page absent "},
		{"records that were not copied", page, nil, "page not_in_evidence "},
		{"record that is no XML", page, map[string]string{folder + "logon.aspx.1.compiled": "<preserve"}, "page not_in_evidence "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			files := map[string]string{
				"C/Windows/assembly/NativeImages_v4.0.30319_64/Acme.Pb378ec07#/0a1b/Acme.Gate.ni.dll": "MZ", folder + "App_Web_k3x9.dll": "MZ",
			}
			for name, text := range test.files {
				files[name] = text
			}
			facts := []any{
				naming{{Key: test.key, By: "processes.list:4100", Loaded: true}}, &Exchange{Root: `E:\Exchange`},
				&iisconfig.Facts{Apps: []iisconfig.App{{Scope: "Default Web Site/owa", PhysicalKey: `e:\exchange\frontend\httpproxy\owa`}}},
			}
			table, err := collectBinaries(context.Background(), newDisk(files), slices.Values(facts), Options{})
			if table == nil {
				t.Fatal(err)
			}
			got := ""
			for _, row := range table.List {
				if row.Key == test.key && row.Made != nil {
					got = row.Made.Kind + " " + row.Made.Status + " " + strings.Join(row.Made.From, ",")
				}
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if open := strings.Contains(fmt.Sprint(err), "files of was not found"); open != strings.Contains(test.want, "not_in_evidence") {
				t.Errorf("what is open: %v", err)
			}
			for _, row := range table.List {
				if row.Key == `e:\exchange\bin\acme.gate.dll` && !slices.Contains(row.NamedBy, "processes.native_images:acme.gate.ni.dll") {
					t.Errorf("named by %v", row.NamedBy)
				}
			}
		})
	}
}
