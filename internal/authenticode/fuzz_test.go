package authenticode

import (
	"bytes"
	"context"
	"testing"
)

// FuzzImage damages a signed program: its signatures, its version, its outline.
func FuzzImage(f *testing.F) {
	w := makeWorld(f)
	file, _ := hostile(f, w)
	verifier, err := New(Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(file)
	f.Fuzz(func(t *testing.T, data []byte) {
		size := int64(len(data))
		result, _ := verifier.Verify(context.Background(), bytes.NewReader(data), size)
		if result.Microsoft {
			t.Error("a file this test signed is Microsoft's")
		}
		_, _ = ReadVersion(context.Background(), bytes.NewReader(data), size)
		_, _, _ = Outline(context.Background(), bytes.NewReader(data), size)
	})
}

// FuzzCatalog damages a signed list of files.
func FuzzCatalog(f *testing.F) {
	_, catalog := hostile(f, makeWorld(f))
	f.Add(catalog)
	f.Fuzz(func(_ *testing.T, data []byte) {
		_ = Members(data, func([]byte) bool { return true })
		_, _ = StoreCertificate(data)
	})
}
