package regfile_test

import (
	"testing"

	"github.com/exvet/exvet/internal/regfile"
	"github.com/exvet/exvet/internal/regfile/regtest"
)

// FuzzHive damages a hive and its log.
func FuzzHive(f *testing.F) {
	tree := sample()
	for path := range tree {
		if len(path) > 4 && path[:5] == `Many\` {
			delete(tree, path)
		}
	}
	f.Add(regtest.Hive(tree), []byte("log"))
	f.Fuzz(func(_ *testing.T, data, log []byte) {
		hive, err := regfile.OpenHive(data, log)
		if err != nil {
			return
		}
		left := 1000
		walk(hive, nil, &left)
	})
}

// FuzzExport reads files as `reg export` writes them.
func FuzzExport(f *testing.F) {
	f.Add([]byte("Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\A]\r\n\"b\"=\"c\"\r\n\"d\"=dword:00000001\r\n\"e\"=hex(7):61,00,\\\r\n  00,00\r\n"))
	f.Add([]byte("\xff\xfeW\x00i\x00n\x00"))
	f.Fuzz(func(_ *testing.T, data []byte) { _, _ = regfile.ReadExport(data) })
}
