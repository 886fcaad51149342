package bundles

import (
	"archive/tar"
	"bytes"
	"context"
	"testing"
)

// FuzzUntar reads what is inside an archive from a network, and parses it as a bundle.
func FuzzUntar(f *testing.F) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for name, text := range map[string]string{
		".manifest":               `{"roots": ["org/a"], "metadata": {"serial": 1}}`,
		"org/a/data.json":         `{"waivers": []}`,
		"org/a/rules/x/y/y.rego":  "package org.a.rules.x.y\n\nabout := {}\n\nfindings contains 1 if input.a\n",
		"/../../outside/dir.rego": "package b",
	} {
		_ = w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(text))})
		_, _ = w.Write([]byte(text))
	}
	_ = w.Close()
	f.Add(b.Bytes())
	f.Fuzz(func(_ *testing.T, data []byte) {
		files, err := untar(context.Background(), "a.tar.gz", tar.NewReader(bytes.NewReader(data)))
		if err != nil {
			return
		}
		if files, err = files.counted(); err == nil {
			_, _ = files.organised("a")
		}
	})
}
