package main

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/evtx/evtxtest"
	"github.com/exvet/exvet/internal/regfile/regtest"
)

// wholeDisk makes a copied disk with hives, an event log and a binary, in place of what the example has beside it.
func wholeDisk(t *testing.T) string {
	t.Helper()
	disk := t.TempDir()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(os.CopyFS(disk, os.DirFS(filepath.Join(evidence, "contoso"))))
	check(os.RemoveAll(filepath.Join(disk, "exvet")))
	write := func(name string, content []byte) {
		t.Helper()
		file := filepath.Join(disk, filepath.FromSlash(name))
		check(os.MkdirAll(filepath.Dir(file), 0o755))
		check(os.WriteFile(file, content, 0o600))
	}
	write("C/Windows/System32/config/SYSTEM", regtest.Hive(regtest.Tree{
		`Select`: {"Current": uint32(1)},
		`ControlSet001\Services\MSExchangeTransport`: {
			"Type": uint32(16), "Start": uint32(2), "ObjectName": `CONTOSO\svc-mail`, "ImagePath": regtest.Expand(`"E:\Exchange\Bin\MSExchangeTransport.exe" /password hunter2`),
		},
		`ControlSet001\Services\WAS`: {"Type": uint32(32), "Start": uint32(3), "ObjectName": "LocalSystem"},
	}))
	write("C/Windows/System32/config/SOFTWARE", regtest.Hive(regtest.Tree{
		`Microsoft\Windows NT\CurrentVersion\Windows`: {"AppInit_DLLs": `D:\Fabrikam\Archive\Fabrikam.Archive.Agent.dll`, "LoadAppInit_DLLs": uint32(1)},
		`Microsoft\ExchangeServer\v15\Setup`:          {"MsiInstallPath": `E:\Exchange\`},
	}))
	write("C/Windows/System32/winevt/Logs/Application.evtx", evtxtest.Write([]evtxtest.Record{{Form: evtxtest.Classic, Event: exvet.Event{
		Log: "Application", Provider: "MSExchange Common", ID: 4999, Record: 7, Time: fixtureTime.AddDate(0, 0, -1),
		Strings: []string{"4999", "E12", "c-RTL-AMD64", "15.02.1118.007", "w3wp#MSExchangeOWAAppPool", "D:\\Contoso\\hook.dll"},
	}}}, evtxtest.Options{}))
	return disk
}

// TestCaptureWhole captures hives, logs and binaries, as far as the flags ask for them.
func TestCaptureWhole(t *testing.T) {
	source := wholeDisk(t)
	const (
		hive   = "C/Windows/System32/config/SYSTEM"
		log    = "C/Windows/System32/winevt/Logs/Application.evtx"
		binary = "D/Fabrikam/Archive/Fabrikam.Archive.Agent.dll"
	)
	if report, _ := judged(t, source); !foundBy(report.Results, "EXV-SVC-001") || !foundBy(report.Results, "EXV-INJ-001") {
		t.Fatal("the disk does not show what its hives hold")
	}
	tests := []struct {
		name   string
		flags  []string
		holds  []string
		secret bool
	}{
		{"redacted", nil, nil, false},
		{"with binaries", []string{"--with-binaries"}, []string{binary}, false},
		{"unredacted", []string{"--unredacted"}, []string{hive, log, binary}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			capture := captured(t, source, test.flags...)
			held := contentsOf(t, capture)
			for _, name := range []string{hive, log, binary} {
				want := slices.Contains(test.holds, name)
				text, got := held[name]
				if got != want {
					t.Errorf("%s: held %v, want %v", name, got, want)
				}
				if original, err := os.ReadFile(filepath.Join(source, filepath.FromSlash(name))); want && (err != nil || !bytes.Equal(text, original)) {
					t.Errorf("%s is not as it was: %v", name, err)
				}
			}
			secret := false
			for _, text := range held {
				secret = secret || bytes.Contains(text, []byte("hunter2")) || bytes.Contains(text, []byte(strings.Join(strings.Split("hunter2", ""), "\x00")))
			}
			if secret != test.secret {
				t.Errorf("holds the secret: %v, want %v", secret, test.secret)
			}
			sameVerdicts(t, source, capture)
		})
	}
}

// contentsOf reads a zip whole.
func contentsOf(t *testing.T, file string) map[string][]byte {
	t.Helper()
	from, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	contents := map[string][]byte{}
	for _, held := range from.File {
		content, err := held.Open()
		if err != nil {
			t.Fatal(err)
		}
		if contents[held.Name], err = io.ReadAll(content); err != nil {
			t.Fatal(err)
		}
	}
	return contents
}
