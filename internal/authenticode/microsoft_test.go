package authenticode

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
)

// nodePTY is a package that ships files signed by Microsoft.
const nodePTY = "node-pty@1.1.0"

// microsoftFiles fetches files signed by Microsoft, by their paths in the package.
func microsoftFiles(t testing.TB) map[string][]byte {
	t.Helper()
	shop := newWorkshop(t, "npm")
	out, err := shop.try("npm", "pack", nodePTY, "--ignore-scripts", "--prefer-offline", "--silent")
	if err != nil {
		t.Skipf("npm cannot fetch %s: %v: %s", nodePTY, err, out)
	}
	unzip, err := gzip.NewReader(bytes.NewReader(shop.read("node-pty-1.1.0.tgz")))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for archive := tar.NewReader(unzip); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		if name := header.Name; strings.HasSuffix(name, ".dll") || strings.HasSuffix(name, ".exe") {
			if files[header.Name], err = io.ReadAll(archive); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Files Microsoft signed verify against the roots that are part of the program; with one bit changed they do not.
func TestMicrosoft(t *testing.T) {
	v, err := New(Options{At: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	signed := 0
	for name, file := range microsoftFiles(t) {
		t.Run(name, func(t *testing.T) {
			result := verify(t, v, file)
			if !strings.HasSuffix(name, "conpty.dll") && !strings.HasSuffix(name, "OpenConsole.exe") {
				if got, want := result.short(), "unknown  []"; got != want {
					t.Errorf("got %s, want %s", got, want)
				}
				return
			}
			signed++
			if got, want := result.short(), "valid microsoft microsoft-2011 []"; got != want {
				t.Errorf("got %s (%s), want %s", got, result.Reason, want)
			}
			if !strings.HasPrefix(result.Timestamp, "2025-") || result.TimestampAnchor != "microsoft-2010" || result.SubjectCN != "Microsoft Corporation" {
				t.Errorf("got %+v", result.Signature)
			}
			version, err := ReadVersion(context.Background(), bytes.NewReader(file), int64(len(file)))
			if err != nil || version.CompanyName != "Microsoft Corporation" || version.FixedFileVersion == "" {
				t.Errorf("version: got %+v, %v", version, err)
			}
			flipped := slices.Clone(file)
			flipped[len(file)/3] ^= 1
			if got, want := verify(t, v, flipped).short(), "hash-mismatch  []"; got != want {
				t.Errorf("one bit changed: got %s, want %s", got, want)
			}
		})
	}
	if signed == 0 {
		t.Error("no file that Microsoft signed in the package")
	}
}
