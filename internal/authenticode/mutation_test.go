package authenticode

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	cryptorand "crypto/rand"
	"crypto/x509"
	"encoding/binary"
	"math/big"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"
)

// hostile makes one file and one catalog with everything in them that is read.
func hostile(t testing.TB, w *world) (file, catalog []byte) {
	pe := makePE(10_000, "Contoso")
	nested := signing{by: w.contoso, pages: crypto.SHA1, unsigned: counter(t, w.stamper, day(2019), crypto.SHA1)}.spc(t, pe, w.stamper)
	outer := signing{by: w.old, pages: crypto.SHA256, unsigned: func(b []byte) [][]byte {
		return append(nest(nested)(b), token(t, w.stamper, day(2019))(b)...)
	}}
	s := signing{by: w.old, unsigned: token(t, w.stamper, day(2019))}
	return embedIn(pe, nil, outer.spc(t, pe)), s.catalog(t, crypto.SHA256, peDigest(crypto.SHA256, pe), peDigest(crypto.SHA256, makePE(9, "")))
}

// mutate damages some octets from an offset on; lengths and what looks like them more often than other octets.
func mutate(r *rand.Rand, file []byte, from, to int) []byte {
	file = slices.Clone(file)
	for range 1 + r.IntN(4) {
		at := from + r.IntN(to-from)
		switch r.IntN(6) {
		case 0:
			file[at] = byte(r.IntN(256))
		case 1:
			file[at] ^= 1 << r.IntN(8)
		case 2:
			file[at] = []byte{0, 1, 0x7f, 0x80, 0x84, 0xff, 0x30, 0x31, 0xa0}[r.IntN(9)]
		case 3:
			if at+4 <= len(file) {
				binary.LittleEndian.PutUint32(file[at:], []uint32{0, 1, 0x7fffffff, 0x80000000, 0xffffffff, uint32(len(file)), uint32(r.IntN(len(file)))}[r.IntN(7)])
			}
		case 4:
			copy(file[at:], file[r.IntN(len(file)):])
		case 5:
			// Find a DER element nearby and give it another length.
			for i := at; i < min(at+64, len(file)-1); i++ {
				if file[i] == tagSequence || file[i] == tagSet || file[i] == tagOctetString {
					file[i+1] = byte(r.IntN(256))
					break
				}
			}
		}
		if r.IntN(20) == 0 {
			file = file[:max(at, from+1)]
			to = min(to, len(file))
		}
	}
	return file
}

// Damaged images, signatures, time stamps, catalogs and version information: no panic, little time and memory,
// and no file that still passes for Microsoft's without being what was signed.
func TestMutations(t *testing.T) {
	w := makeWorld(t)
	file, catalog := hostile(t, w)
	plain := makePE(10_000, "Contoso")
	table := len(plain) + (8-len(plain)%8)%8
	if got, want := verify(t, w.verifier(nil), file).short(), "valid microsoft microsoft-2010 []"; got != want {
		t.Fatalf("undamaged: got %s, want %s", got, want)
	}
	listed := w.verifier(catalogs(t, map[string][]byte{"a.cat": catalog}))
	if got, want := verify(t, listed, plain).short(), "catalog microsoft microsoft-2010 []"; got != want {
		t.Fatalf("undamaged catalog: got %s, want %s", got, want)
	}
	v := w.verifier(nil)
	digestWas := peDigest(crypto.SHA256, plain)
	check := func(t *testing.T, damaged []byte) {
		result := verify(t, v, damaged)
		if result.Status == "" {
			t.Fatal("no status")
		}
		if result.Microsoft && len(damaged) >= table && !bytes.Equal(peDigest(crypto.SHA256, damaged[:len(plain)]), digestWas) {
			t.Fatalf("another file passes for Microsoft's: %+v", result)
		}
		_, err := ReadVersion(context.Background(), bytes.NewReader(damaged), int64(len(damaged)))
		_ = err // what is broken may be said or left out
	}
	rounds := 1_000
	if testing.Short() {
		rounds = 300
	}
	tests := []struct {
		name string
		run  func(t *testing.T, r *rand.Rand)
	}{
		{"image", func(t *testing.T, r *rand.Rand) { check(t, mutate(r, file, 0, 0x400)) }},
		{"resources", func(t *testing.T, r *rand.Rand) { check(t, mutate(r, file, len(plain)-0x400, len(plain))) }},
		{"signature", func(t *testing.T, r *rand.Rand) { check(t, mutate(r, file, table, len(file))) }},
		{"catalog", func(t *testing.T, r *rand.Rand) {
			damaged := mutate(r, catalog, 0, len(catalog))
			index := NewCatalogs(func(string) ([]byte, error) { return damaged, nil })
			added := index.Add("a.cat", damaged) == nil
			if result := verify(t, w.verifier(index), plain); result.Microsoft && !added && !bytes.Contains(damaged, digestWas) {
				t.Fatalf("a broken catalog vouches: %+v", result)
			}
		}},
	}
	for seed, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(5, uint64(seed)))
			var slowest time.Duration
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for range rounds {
				began := time.Now()
				test.run(t, r)
				slowest = max(slowest, time.Since(began))
			}
			runtime.ReadMemStats(&after)
			each := (after.TotalAlloc - before.TotalAlloc) / uint64(rounds)
			t.Logf("slowest %s, %d KB each", slowest, each>>10)
			// A hundred times what they take: a guard against hangs, no measurement.
			if slowest > 10*time.Second {
				t.Errorf("one file took %s", slowest)
			}
			if each > 8<<20 {
				t.Errorf("%d MB of memory a file", each>>20)
			}
		})
	}
}

// Files that ask for much work at once get little.
func TestGreedyFiles(t *testing.T) {
	w := makeWorld(t)
	pe := makePE(3_000, "")
	deep := signing{by: w.contoso}.spc(t, pe)
	for range 40 {
		deep = signing{by: w.contoso, unsigned: nest(deep, seq())}.spc(t, pe)
	}
	many := signing{by: w.contoso, unsigned: func(b []byte) [][]byte {
		return [][]byte{attribute(oidTimestampToken, slices.Repeat([][]byte{token(t, w.hostStamper, day(2020))(b)[0]}, 3_000)...)}
	}}
	ring := ringOf(t, 30)
	stamps := func(b []byte) [][]byte {
		return [][]byte{attribute(oidTimestampToken, slices.Repeat([][]byte{signing{by: ring}.signedData(t, oidTSTInfo, octets(stampInfo(b, day(2020))))}, 8)...)}
	}
	rings := signing{by: ring, unsigned: func(b []byte) [][]byte {
		return append(stamps(b), nest(slices.Repeat([][]byte{signing{by: ring, unsigned: stamps}.spc(t, pe)}, 7)...)(b)...)
	}}
	bag := slices.Repeat([]*identity{w.contoso}, 2_000)
	tests := []struct {
		name string
		file []byte
		want Status
	}{
		{"nested forty deep", embedIn(pe, nil, deep), Valid},
		{"thousands of time stamps", embedIn(pe, nil, many.spc(t, pe)), Valid},
		{"certificates that sign one another", embedIn(pe, nil, rings.spc(t, pe)), UntrustedRoot},
		{"thousands of certificates", embedIn(pe, nil, signing{by: w.contoso}.spc(t, pe, bag...)), Malformed},
		{"thousands of entries in the table", embedIn(pe, nil, slices.Repeat([][]byte{{}}, 10_000)...), Malformed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			began := time.Now()
			result := verify(t, w.verifier(nil), test.file)
			if result.Status != test.want || len(result.Signatures) > maxSignatures {
				t.Errorf("got %s with %d signatures (%s), want %s", result.Status, len(result.Signatures), result.Reason, test.want)
			}
			took := time.Since(began)
			t.Logf("took %s", took)
			// Twenty times what the slowest takes, under the race detector too: a guard against hangs.
			if took > 20*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
}

// ringOf makes an identity whose chain is many certificates of one name and one slow key, each signed by all.
func ringOf(t *testing.T, count int) *identity {
	key, err := ecdsa.GenerateKey(elliptic.P521(), cryptorand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	made := &identity{key: key}
	for i := range count {
		template := &x509.Certificate{
			SerialNumber: big.NewInt(int64(i + 1)), Subject: named("Ring", ""), NotBefore: day(2005), NotAfter: day(2040),
			BasicConstraintsValid: true, IsCA: true, KeyUsage: x509.KeyUsageCertSign,
			ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning, x509.ExtKeyUsageTimeStamping},
		}
		raw, err := x509.CreateCertificate(cryptorand.Reader, template, template, key.Public(), key)
		if err != nil {
			t.Fatal(err)
		}
		certificate, err := x509.ParseCertificate(raw)
		if err != nil {
			t.Fatal(err)
		}
		if made.certificate == nil {
			made.certificate = certificate
		} else {
			made.chain = append(made.chain, certificate)
		}
	}
	return made
}
