package authenticode

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"encoding/pem"
	"fmt"
	"testing"
)

// BenchmarkVerify judges made files beside a plain SHA-256 of the same octets, and beside osslsigncode, which
// pays for its start each time.
func BenchmarkVerify(b *testing.B) {
	root := issue(b, nil, request{subject: named("Root", "Test"), ca: true, rsa: true, keyBits: 2048})
	pca := issue(b, root, request{subject: named("PCA", "Test"), ca: true, rsa: true, keyBits: 2048})
	leaf := issue(b, pca, request{subject: named("Microsoft Corporation", "Microsoft Corporation"), rsa: true, keyBits: 2048})
	v := &Verifier{at: now(), trust: newTrust([]anchor{{"microsoft-2010", root.certificate}}, nil, nil)}
	for _, size := range []int{100 << 10, 1 << 20, 16 << 20} {
		pe := makePE(size, "")
		file := embedIn(pe, nil, signing{by: leaf}.spc(b, pe))
		name := func(what string) string { return fmt.Sprintf("%dKB/%s", size>>10, what) }
		b.Run(name("exvet"), func(b *testing.B) {
			b.SetBytes(int64(len(file)))
			b.ReportAllocs()
			for b.Loop() {
				if result, err := v.Verify(context.Background(), bytes.NewReader(file), int64(len(file))); err != nil || !result.Microsoft {
					b.Fatal(result, err)
				}
			}
		})
		b.Run(name("sha256"), func(b *testing.B) {
			b.SetBytes(int64(len(file)))
			for b.Loop() {
				sha256.Sum256(file)
			}
		})
		b.Run(name("osslsigncode"), func(b *testing.B) {
			shop := newWorkshop(b, "osslsigncode")
			shop.write("root.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.certificate.Raw}))
			shop.write("asked.dll", file)
			b.SetBytes(int64(len(file)))
			for b.Loop() {
				if shop.oracle() != "ok" {
					b.Fatal("osslsigncode refuses the file")
				}
			}
		})
	}
}

// BenchmarkCatalogs indexes one catalog of a thousand members, and finds a file in it.
func BenchmarkCatalogs(b *testing.B) {
	w := makeWorld(b)
	pe := makePE(3_000, "")
	digests := [][]byte{peDigest(crypto.SHA256, pe)}
	for i := range 1_000 {
		digests = append(digests, sum(crypto.SHA256, []byte{byte(i), byte(i >> 8)}))
	}
	catalog := signing{by: w.microsoft}.catalog(b, crypto.SHA256, digests...)
	open := func(string) ([]byte, error) { return catalog, nil }
	b.Run("index", func(b *testing.B) {
		b.SetBytes(int64(len(catalog)))
		b.ReportAllocs()
		for b.Loop() {
			if err := NewCatalogs(open).Add("a.cat", catalog); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, again := range []bool{false, true} {
		b.Run(fmt.Sprintf("verify/again=%t", again), func(b *testing.B) {
			index := NewCatalogs(open)
			if err := index.Add("a.cat", catalog); err != nil {
				b.Fatal(err)
			}
			v := w.verifier(index)
			b.ReportAllocs()
			for b.Loop() {
				if !again {
					index.kept = nil
				}
				if result, err := v.Verify(context.Background(), bytes.NewReader(pe), int64(len(pe))); err != nil || !result.Microsoft {
					b.Fatal(result, err)
				}
			}
		})
	}
}
