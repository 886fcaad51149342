package xmlscan

import (
	"context"
	"testing"
)

// FuzzTree reads XML of any encoding.
func FuzzTree(f *testing.F) {
	f.Add([]byte(`<?xml version="1.0" encoding="utf-8"?><a b="c&amp;"><!-- d --><e>f</e><![CDATA[g]]></a>`))
	f.Add([]byte("\xff\xfe<\x00a\x00/\x00>\x00"))
	f.Fuzz(func(_ *testing.T, data []byte) {
		_, _ = Tree(context.Background(), data)
		_, _, _ = Decode(data)
	})
}
