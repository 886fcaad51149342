package regfile_test

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"reflect"
	"strings"
	"testing"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/regfile"
	"github.com/exvet/exvet/internal/regfile/regtest"
)

func TestRegistry(t *testing.T) {
	system := regtest.Hive(regtest.Tree{
		"Select":                 {"Current": uint32(2)},
		`ControlSet001\Control`:  {"v": "old"},
		`ControlSet002\Control`:  {"v": "current"},
		`ControlSet002\Services`: {},
	})
	dirty := regtest.Hive(regtest.Tree{"Environment": {"v": "x"}})
	binary.LittleEndian.PutUint32(dirty[4:], 99)
	regtest.Seal(dirty)
	file := func(path string, data []byte) regfile.File {
		return regfile.File{Path: path, Name: `C:\hives\` + path, Open: func() (*regfile.Hive, error) { return regfile.OpenHive(data) }}
	}
	registry := regfile.New([]regfile.File{
		file(`HKLM\SYSTEM`, system),
		file(`HKLM\SOFTWARE`, []byte("broken")),
		file(`HKU\S-1-5-20`, dirty),
		{Path: `HKU\S-1-5-19`, Name: "x", Open: func() (*regfile.Hive, error) { return nil, exvet.ErrNoEvidence }},
		{Path: `HKU\S-1-5-21-1`, Name: "x", Open: func() (*regfile.Hive, error) { panic("boom") }},
	}, func() ([]*regfile.Export, error) {
		export, err := regfile.ReadExport(regtest.Export(`HKEY_USERS\S-1-5-19`, regtest.Tree{"Environment": {"v": "exported"}}))
		return []*regfile.Export{export}, err
	})
	tests := []struct{ path, want, err string }{
		{`HKLM\System\CurrentControlSet\Control`, "current", ""},
		{`hklm\SYSTEM\ControlSet001\control\`, "old", ""},
		{`HKLM\SYSTEM\CurrentControlSet\none`, "", "does not exist"},
		{`HKLM\SYSTEM\CurrentControlSetX`, "", "does not exist"},
		{`HKLM\SOFTWARE\Microsoft`, "", `C:\hives\HKLM\SOFTWARE: damaged hive`},
		{`HKLM\SAM`, "", "not in the evidence"},
		{`HKU\S-1-5-19\Environment`, "exported", ""},
		{`HKU\S-1-5-20\Environment`, "x", "logs not applied"},
		{`HKU\S-1-5-20\none`, "", "logs not applied"},
		{`HKU\S-1-5-21-1\Environment`, "", "boom"},
		{`HKU\.default\Environment`, "", "not in the evidence"},
	}
	for _, test := range tests {
		t.Run(test.path, func(t *testing.T) {
			key, err := registry.Key(test.path)
			if got := key.Text("v"); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if got := errorText(err); test.err == "" && got != "" || !strings.Contains(got, test.err) {
				t.Errorf("got error %q, want %q", got, test.err)
			}
			if missing, unseen := errors.Is(err, fs.ErrNotExist), errors.Is(err, exvet.ErrNoEvidence); missing && unseen {
				t.Error("the error says two things")
			}
			if key != nil && key.Path != strings.Trim(test.path, `\`) {
				t.Errorf("got path %q", key.Path)
			}
		})
	}
	accounts, err := registry.Key("HKU")
	if want := []string{"S-1-5-19", "S-1-5-20", "S-1-5-21-1"}; err != nil || !reflect.DeepEqual(accounts.Keys, want) {
		t.Errorf("got %v, %v; want %v", accounts.Keys, err, want)
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// TestCurrentControlSet follows the link in hives that are not as they should be.
func TestCurrentControlSet(t *testing.T) {
	tree := regtest.Tree{"Select": {"Current": uint32(1)}, `ControlSet001\A`: {"v": "1"}}
	dirty := regtest.Hive(tree)
	binary.LittleEndian.PutUint32(dirty[4:], 99)
	regtest.Seal(dirty)
	tests := []struct {
		name      string
		hive      []byte
		want, err string
	}{
		{"dirty", dirty, "1", "logs not applied"},
		{"no number", regtest.Hive(regtest.Tree{"Select": {"Current": "one"}, `ControlSet001\A`: {}}), "", "does not say which control set"},
		{"no Select", regtest.Hive(regtest.Tree{`ControlSet001\A`: {}}), "", "does not exist"},
		{"a set that is not there", regtest.Hive(regtest.Tree{"Select": {"Current": uint32(7)}, `ControlSet001\A`: {}}), "", "does not exist"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			registry := regfile.New([]regfile.File{
				{Path: `HKLM\SYSTEM`, Name: "x", Open: func() (*regfile.Hive, error) { return regfile.OpenHive(test.hive) }},
			}, func() ([]*regfile.Export, error) { return nil, nil })
			key, err := registry.Key(`HKLM\SYSTEM\CurrentControlSet\A`)
			if got := key.Text("v"); got != test.want || !strings.Contains(errorText(err), test.err) {
				t.Errorf("got %q, %v; want %q, %q", got, err, test.want, test.err)
			}
		})
	}
}

// TestCurrentControlSetExported reads the link by its own name, as `reg export` of a subtree writes it.
func TestCurrentControlSetExported(t *testing.T) {
	for _, at := range []string{`CurrentControlSet`, `ControlSet003`} {
		t.Run(at, func(t *testing.T) {
			registry := regfile.New(nil, func() ([]*regfile.Export, error) {
				services, err := regfile.ReadExport(regtest.Export(`HKEY_LOCAL_MACHINE\SYSTEM\`+at+`\Services`, regtest.Tree{"A": {"v": "1"}}))
				if err != nil {
					return nil, err
				}
				selected, err := regfile.ReadExport(regtest.Export(`HKEY_LOCAL_MACHINE\SYSTEM\Select`, regtest.Tree{"": {"Current": uint32(3)}}))
				return []*regfile.Export{services, selected}, err
			})
			key, err := registry.Key(`HKLM\SYSTEM\CurrentControlSet\Services\A`)
			if err != nil || key.Text("v") != "1" {
				t.Errorf("got %v, %v", key, err)
			}
			if _, err := registry.Key(`HKLM\SYSTEM\CurrentControlSet\Services\B`); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("got %v, want fs.ErrNotExist", err)
			}
			if _, err := registry.Key(`HKLM\SYSTEM\CurrentControlSet\Control`); !errors.Is(err, exvet.ErrNoEvidence) {
				t.Errorf("got %v, want no evidence", err)
			}
		})
	}
}
