package authenticode

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"
)

// A workshop makes and checks files with the tools others use.
type workshop struct {
	t   testing.TB
	dir string
}

func newWorkshop(t testing.TB, tools ...string) *workshop {
	t.Helper()
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(tool + " is not installed")
		}
	}
	return &workshop{t, t.TempDir()}
}

func (w *workshop) path(name string) string { return filepath.Join(w.dir, name) }

func (w *workshop) write(name string, data []byte) string {
	w.t.Helper()
	if err := os.WriteFile(w.path(name), data, 0o600); err != nil {
		w.t.Fatal(err)
	}
	return w.path(name)
}

func (w *workshop) read(name string) []byte {
	w.t.Helper()
	data, err := os.ReadFile(w.path(name))
	if err != nil {
		w.t.Fatal(err)
	}
	return data
}

// run runs a tool in the workshop and fails the test if it fails.
func (w *workshop) run(name string, args ...string) {
	w.t.Helper()
	if out, err := w.try(name, args...); err != nil {
		w.t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
}

func (w *workshop) try(name string, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, name, args...)
	command.Dir = w.dir
	return command.CombinedOutput()
}

// identity writes an identity's certificates and key where osslsigncode finds them.
func (w *workshop) identity(name string, i *identity) []string {
	w.t.Helper()
	var chain bytes.Buffer
	for _, c := range append([]*x509.Certificate{i.certificate}, i.chain...) {
		chain.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
	}
	key, err := x509.MarshalPKCS8PrivateKey(i.key)
	if err != nil {
		w.t.Fatal(err)
	}
	return []string{"-certs", w.write(name+".pem", chain.Bytes()), "-key", w.write(name+".key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))}
}

// dll builds a library whose version information says what a look-alike's would.
func (w *workshop) dll() []byte {
	w.t.Helper()
	w.write("made.c", []byte("int made(int a) { return a * 42; }\n"))
	w.write("made.rc", []byte(`1 VERSIONINFO
FILEVERSION 15,2,1118,7
PRODUCTVERSION 15,2,1118,7
BEGIN
  BLOCK "StringFileInfo" BEGIN BLOCK "040904b0" BEGIN
    VALUE "CompanyName", "Microsoft Corporation"
    VALUE "ProductName", "Microsoft Exchange"
    VALUE "FileVersion", "15.02.1118.007"
    VALUE "ProductVersion", "15.02.1118.007"
    VALUE "OriginalFilename", "exppw.dll"
  END END
  BLOCK "VarFileInfo" BEGIN VALUE "Translation", 0x409, 1200 END
END
`))
	w.run("x86_64-w64-mingw32-windres", "made.rc", "made.o")
	w.run("x86_64-w64-mingw32-gcc", "-shared", "-O1", "-s", "-o", "made.dll", "made.c", "made.o")
	return w.read("made.dll")
}

// sign signs made.dll under another name.
func (w *workshop) sign(name string, args ...string) []byte {
	w.t.Helper()
	w.run("osslsigncode", append([]string{"sign", "-in", "made.dll", "-out", name}, args...)...)
	return w.read(name)
}

// Files signed by osslsigncode are judged as windows.md's table says, and as osslsigncode judges them where it
// is right.
func TestCorpus(t *testing.T) {
	shop := newWorkshop(t, "osslsigncode", "x86_64-w64-mingw32-gcc", "x86_64-w64-mingw32-windres")
	today := time.Now()
	year := func(n int) time.Time { return today.AddDate(n, 0, 0).Truncate(time.Second) }
	root := issue(t, nil, request{subject: named("Root", "Test"), ca: true, rsa: true, keyBits: 2048})
	leaf := func(by *identity, r request) *identity {
		if r.subject.CommonName == "" {
			r.subject = named("Microsoft Corporation", "Microsoft Corporation")
		}
		r.rsa, r.keyBits = true, 2048
		return issue(t, by, r)
	}
	pca := leaf(root, request{subject: named("PCA", "Test"), ca: true})
	good, old := leaf(pca, request{}), leaf(pca, request{from: year(-8), to: year(-6)})
	stamper := leaf(root, request{subject: named("Stamper", "Test"), usage: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}})
	fakeOne := leaf(nil, request{})
	pe := shop.dll()
	shop.write("root.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.certificate.Raw}))
	by, byOld, byFake := shop.identity("good", good), shop.identity("old", old), shop.identity("fake", fakeOne)
	tsa := shop.identity("tsa", stamper)
	stamp := func(at time.Time) []string {
		return []string{"-TSA-certs", tsa[1], "-TSA-key", tsa[3], "-TSA-time", strconv.FormatInt(at.Unix(), 10)}
	}
	plain := shop.sign("plain.dll", by...)
	tampered := slices.Clone(plain)
	tampered[0x600] ^= 1
	shop.run("osslsigncode", append([]string{"sign", "-h", "sha1", "-in", "made.dll", "-out", "sha1.dll"}, by...)...)
	shop.run("osslsigncode", append([]string{"sign", "-nest", "-h", "sha256", "-in", "sha1.dll", "-out", "dual.dll"}, by...)...)
	padded := pad(plain, []byte("payload in the padding "))
	ms := "valid microsoft microsoft-2010 "
	tests := []struct {
		name   string
		file   []byte
		want   string
		oracle string // what osslsigncode says: "ok", "refused", or "" where it is wrong
	}{
		{"signed", plain, ms + "[]", "ok"},
		{"page hashes", shop.sign("ph.dll", append(by, "-ph")...), ms + "[]", "ok"},
		{"page hashes, SHA-1", shop.sign("ph1.dll", append(by, "-ph", "-h", "sha1")...), ms + "[sha1-digest]", "ok"},
		{"SHA-384", shop.sign("384.dll", append(by, "-h", "sha384")...), ms + "[]", "ok"},
		{"time stamp", shop.sign("ts.dll", append(by, stamp(year(-1))...)...), ms + "[]", "ok"},
		{"SHA-1", shop.read("sha1.dll"), ms + "[sha1-digest]", "ok"},
		{"unsigned", pe, "unknown  []", "refused"},
		{"tampered", tampered, "hash-mismatch  []", "refused"},
		{"look-alike", shop.sign("fake.dll", byFake...), "untrusted-root  []", "refused"},
		{"expired", shop.sign("old.dll", byOld...), "expired  []", "refused"},
		{"expired, good stamp", shop.sign("oldgood.dll", append(byOld, stamp(year(-7))...)...), ms + "[]", "ok"},
		{"expired, late stamp", shop.sign("oldlate.dll", append(byOld, stamp(year(-1))...)...), "expired  []", "refused"},
		{"dual", shop.read("dual.dll"), ms + "[]", "ok"},
		{"payload in the padding", padded, ms + "[nonzero-padding]", "ok"},
		{"overlay", append(slices.Clone(plain), "overlay!"...), "hash-mismatch  [overlay-after-certificates]", "refused"},
	}
	v := &Verifier{at: today, trust: newTrust([]anchor{{"microsoft-2010", root.certificate}}, nil, nil)}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			result := verify(t, v, test.file)
			if got := result.short(); got != test.want {
				t.Errorf("got %s (%s), want %s", got, result.Reason, test.want)
			}
			if test.oracle == "" {
				return
			}
			shop.write("asked.dll", test.file)
			if got := shop.oracle(); got != test.oracle {
				t.Errorf("osslsigncode: got %s, want %s", got, test.oracle)
			}
		})
	}
	if got := verify(t, v, shop.read("dual.dll")); len(got.Signatures) != 2 || got.Signatures[1].Status != Valid || got.Signatures[1].Digest != "sha256" {
		t.Errorf("dual: got signatures %+v", got.Signatures)
	}
	got, err := ReadVersion(context.Background(), bytes.NewReader(pe), int64(len(pe)))
	want := Version{
		CompanyName: "Microsoft Corporation", ProductName: "Microsoft Exchange", FileVersion: "15.02.1118.007", ProductVersion: "15.02.1118.007",
		OriginalFilename: "exppw.dll", FixedFileVersion: "15.2.1118.7", FixedProductVersion: "15.2.1118.7",
	}
	if got != want || err != nil {
		t.Errorf("version: got %+v, %v, want %+v", got, err, want)
	}
	for name, c := range map[string]struct {
		by           *identity
		hash         crypto.Hash
		want, oracle string
	}{
		"catalog":               {good, crypto.SHA256, "catalog microsoft microsoft-2010 []", "ok"},
		"catalog of version 1":  {good, crypto.SHA1, "catalog microsoft microsoft-2010 []", "ok"},
		"catalog by look-alike": {fakeOne, crypto.SHA256, "unsigned  [false-catalog]", "refused"},
	} {
		t.Run(name, func(t *testing.T) {
			cat := signing{by: c.by}.catalog(t, c.hash, digestOf(t, pe, c.hash))
			judge := &Verifier{at: today, trust: v.trust, catalogs: catalogs(t, map[string][]byte{"a.cat": cat})}
			if got := verify(t, judge, pe).short(); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			shop.write("asked.dll", pe)
			shop.write("asked.cat", cat)
			if got := shop.oracle("-catalog", "asked.cat"); got != c.oracle {
				t.Errorf("osslsigncode: got %s, want %s", got, c.oracle)
			}
		})
	}
}

// oracle asks osslsigncode about asked.dll.
func (w *workshop) oracle(args ...string) string {
	out, err := w.try("osslsigncode", append([]string{"verify", "-in", "asked.dll", "-CAfile", "root.pem", "-TSA-CAfile", "root.pem"}, args...)...)
	if err != nil {
		return "refused"
	}
	if testing.Verbose() && len(out) == 0 {
		fmt.Fprintln(os.Stderr, "osslsigncode said nothing")
	}
	return "ok"
}

// digestOf is the Authenticode digest of any unsigned image.
func digestOf(t *testing.T, pe []byte, hash crypto.Hash) []byte {
	t.Helper()
	img, err := readImage(bytes.NewReader(pe), int64(len(pe)))
	if err != nil {
		t.Fatal(err)
	}
	sums, err := digest(context.Background(), bytes.NewReader(pe), int64(len(pe)), img, []crypto.Hash{hash})
	if err != nil {
		t.Fatal(err)
	}
	return sums.image[hash]
}

// pad hides a payload in a signed image: in the certificate table, after the signature.
func pad(signed, payload []byte) []byte {
	img, err := readImage(bytes.NewReader(signed), int64(len(signed)))
	if err != nil {
		return nil
	}
	payload = append(payload, make([]byte, (8-len(payload)%8)%8)...)
	padded := append(slices.Clone(signed), payload...)
	length := func(at int64, n int) {
		for i := range 4 {
			padded[at+int64(i)] = byte(n >> (8 * i))
		}
	}
	length(img.table.from, int(img.table.to-img.table.from)+len(payload))
	length(img.directory+4, int(img.table.to-img.table.from)+len(payload))
	return padded
}
