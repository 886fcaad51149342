package host

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/regfile/regtest"
)

func TestRegistry(t *testing.T) {
	hive := func(tree regtest.Tree) string { return string(regtest.Hive(tree)) }
	environment := func(value string) string { return hive(regtest.Tree{"Environment": {"v": value}}) }
	dirty := []byte(environment("old"))
	binary.LittleEndian.PutUint32(dirty[4:], 99)
	regtest.Seal(dirty)
	files := map[string]string{
		"C/Windows/System32/config/system": hive(regtest.Tree{
			"Select": {"Current": uint32(1)}, `ControlSet001\Control`: {"v": "system"},
		}),
		"C/WINDOWS/system32/config/SOFTWARE": hive(regtest.Tree{
			`Microsoft\Windows NT\CurrentVersion\ProfileList\S-1-5-21-1-2-3-1001`: {"ProfileImagePath": regtest.Expand(`%SystemDrive%\Users\svc`)},
			`Microsoft\Windows NT\CurrentVersion\ProfileList\S-1-5-21-1-2-3-1002`: {"ProfileImagePath": `D:\Users\gone`},
		}),
		"C/Windows/System32/config/DEFAULT":                   environment("default"),
		"C/Windows/ServiceProfiles/LocalService/NTUSER.DAT":   string(dirty),
		"C/Windows/ServiceProfiles/NetworkService/NTUSER.DAT": "damaged",
		"C/Windows/ServiceProfiles/NetworkService/" + classes: hive(regtest.Tree{"CLSID": {"v": "classes"}}),
		"C/Users/svc/ntuser.dat":                              environment("person"),
		"Exvet/Registry/A.REG":                                string(regtest.Export(`HKEY_LOCAL_MACHINE\HARDWARE`, regtest.Tree{"X": {"v": "exported"}})),
		"Exvet/Registry/broken.reg":                           "no registry",
		"Exvet/Registry/notes.txt":                            "no registry either",
	}
	tests := []struct{ key, want, err string }{
		{`HKLM\SYSTEM\CurrentControlSet\Control`, "system", ""},
		{`HKLM\SOFTWARE\none`, "", fs.ErrNotExist.Error()},
		{`HKLM\HARDWARE\X`, "exported", ""},
		{`HKLM\SAM`, "", "broken.reg: damaged hive"},
		{`HKU\S-1-5-18\Environment`, "default", ""},
		{`HKU\.DEFAULT\Environment`, "default", ""},
		{`HKU\S-1-5-19\Environment`, "old", `C:\Windows\ServiceProfiles\LocalService\NTUSER.DAT: dirty hive, logs not applied`},
		{`HKU\S-1-5-20\Environment`, "", `NetworkService\NTUSER.DAT: damaged hive`},
		{`HKU\S-1-5-20_Classes\CLSID`, "classes", ""},
		{`HKU\S-1-5-21-1-2-3-1001\Environment`, "person", ""},
		{`HKU\S-1-5-21-1-2-3-1002\Environment`, "", "broken.reg"},
	}
	inBoth(t, files, func(t *testing.T, evidence *Evidence) {
		for _, test := range tests {
			t.Run(test.key, func(t *testing.T) {
				key, err := evidence.Registry().Key(test.key)
				if got := key.Text("v"); got != test.want {
					t.Errorf("got %q, want %q", got, test.want)
				}
				if (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
					t.Errorf("got error %v, want %q", err, test.err)
				}
			})
		}
	})
}

func TestRegistryAbsent(t *testing.T) {
	inBoth(t, map[string]string{"C/Windows/System32/inetsrv/config/a.config": ""}, func(t *testing.T, evidence *Evidence) {
		for _, path := range []string{`HKLM\SYSTEM\CurrentControlSet\Services`, `HKLM\SOFTWARE`, `HKU\S-1-5-18`} {
			if key, err := evidence.Registry().Key(path); key != nil || !errors.Is(err, exvet.ErrNoEvidence) {
				t.Errorf("%s: got %v, %v; want no evidence", path, key, err)
			}
		}
	})
}

func TestRegistryWrapped(t *testing.T) {
	files := map[string]string{
		"EX01/C/a": "", "EX01/exvet/registry/a.reg": "REGEDIT4\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\A]\n\"v\"=\"x\"\n",
	}
	inBoth(t, files, func(t *testing.T, evidence *Evidence) {
		key, err := evidence.Registry().Key(`HKLM\SOFTWARE\A`)
		if err != nil || key.Text("v") != "x" {
			t.Errorf("got %v, %v", key, err)
		}
	})
}
