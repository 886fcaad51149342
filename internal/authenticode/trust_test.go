package authenticode

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math/big"
	"slices"
	"testing"
	"time"
)

func TestPinnedRoots(t *testing.T) {
	roots, err := pinnedRoots()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, root := range roots {
		got[root.name] = root.certificate.Subject.CommonName
	}
	want := map[string]string{
		"microsoft-2010": "Microsoft Root Certificate Authority 2010", "microsoft-2011": "Microsoft Root Certificate Authority 2011",
		"microsoft-2001": "Microsoft Root Certificate Authority", "microsoft-1997": "Microsoft Root Authority",
	}
	for name := range want {
		if got[name] != want[name] {
			t.Errorf("%s: got %q, want %q", name, got[name], want[name])
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %d roots, want %d", len(got), len(want))
	}
}

func TestDenied(t *testing.T) {
	w := makeWorld(t)
	pe := makePE(3_000, "")
	file := embedIn(pe, nil, signing{by: w.microsoft}.spc(t, pe))
	pca := hex.EncodeToString(w.microsoft.chain[0].SerialNumber.Bytes())
	for len(pca) > 0 && pca[0] == '0' {
		pca = pca[1:]
	}
	tests := []struct {
		name   string
		denied Denial
		want   string
	}{
		{"none", Denial{}, "valid microsoft microsoft-2010 []"},
		{"another's", Denial{Serial: "1234", Issuer: "Contoso"}, "valid microsoft microsoft-2010 []"},
		{"by serial", Denial{Serial: "1234"}, "denied  []"},
		{"by serial and issuer", Denial{Serial: "1234", Issuer: "Pinned PCA"}, "denied  []"},
		{"the authority", Denial{Serial: pca}, "denied  []"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := verify(t, w.verifier(nil, test.denied), file).short(); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// The facts of a result, beside the verdict.
func TestResult(t *testing.T) {
	w := makeWorld(t)
	pe := makePE(3_000, "")
	nested := signing{by: w.contoso}.spc(t, pe)
	s := signing{by: w.microsoft, unsigned: func(b []byte) [][]byte {
		return append(nest(nested)(b), token(t, w.stamper, time.Date(2019, 1, 2, 3, 4, 5, 0, time.UTC))(b)...)
	}}
	file := embedIn(pe, nil, s.spc(t, pe))
	got := verify(t, w.verifier(nil), file)
	want := Signature{
		Status: Valid, Microsoft: true, Found: Embedded, SubjectCN: "Microsoft Corporation", SubjectO: "Microsoft Corporation",
		IssuerCN: "Pinned PCA", Serial: "1234", Anchor: "microsoft-2010", Digest: "sha256", Timestamp: "2019-01-02T03:04:05Z",
		TimestampBy: "Stamper", TimestampAnchor: "microsoft-2010", Flags: []string{},
	}
	if !equal(got.Signature, want) {
		t.Errorf("got %+v\nwant %+v", got.Signature, want)
	}
	if len(got.Signatures) != 2 || !equal(got.Signatures[0], want) || got.Signatures[1].Found != Nested || got.Signatures[1].SubjectCN != "Contoso Ltd" {
		t.Errorf("got signatures %+v", got.Signatures)
	}
	if want := hex.EncodeToString(sum(crypto.SHA256, file)); got.SHA256 != want || got.Revocation != "not-checked" {
		t.Errorf("got sha256 %s, revocation %s, want %s, not-checked", got.SHA256, got.Revocation, want)
	}
}

func equal(a, b Signature) bool {
	flags := slices.Equal(a.Flags, b.Flags)
	a.Flags, b.Flags = nil, nil
	return flags && bytes.Equal([]byte(a.text()), []byte(b.text()))
}

func (s Signature) text() string {
	return string(s.Status) + s.Found + s.Catalog + s.SubjectCN + s.SubjectO + s.IssuerCN + s.Serial + s.Anchor + s.Digest + s.Timestamp + s.TimestampBy + s.TimestampAnchor + s.Reason
}

func TestVerifyReadError(t *testing.T) {
	w := makeWorld(t)
	pe := makePE(600_000, "")
	file := embedIn(pe, nil, signing{by: w.microsoft}.spc(t, pe))
	for _, at := range []int{0, 60, 0x100, 300_000, len(file) - 100} {
		r := failing{bytes.NewReader(file), int64(at)}
		if _, err := w.verifier(nil).Verify(context.Background(), r, int64(len(file))); !errors.Is(err, errFailing) {
			t.Errorf("reading fails at %d: got error %v", at, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := w.verifier(nil).Verify(ctx, bytes.NewReader(file), int64(len(file))); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got error %v", err)
	}
}

var errFailing = errors.New("disk on fire")

// A failing reader fails where an octet is wanted.
type failing struct {
	*bytes.Reader
	at int64
}

func (f failing) ReadAt(b []byte, at int64) (int, error) {
	if at <= f.at && f.at < at+int64(len(b)) {
		return 0, errFailing
	}
	return f.Reader.ReadAt(b, at)
}

// A certificate whose key is huge must not cost the seconds its use would.
func TestHugeKey(t *testing.T) {
	w := makeWorld(t)
	modulus := new(big.Int).Lsh(big.NewInt(1), 200_000)
	modulus.Add(modulus, big.NewInt(12345))
	// A certificate no one signed, cut to size by hand: only its key matters.
	public := x509.MarshalPKCS1PublicKey(&rsa.PublicKey{N: modulus, E: 65537})
	c := w.contoso.certificate
	p := parse(c.Raw)
	certificate := p.enter(tagSequence, "")
	tbs := certificate.enter(tagSequence, "")
	var parts [][]byte
	for !tbs.empty() {
		parts = append(parts, tbs.next("").raw)
	}
	parts[6] = seq(algorithm(oidRSA), der(tagBitString, []byte{0}, public))
	huge := seq(seq(parts...), parts[2], der(tagBitString, []byte{0}, make([]byte, 256)))
	if _, err := x509.ParseCertificate(huge); err != nil {
		t.Fatalf("not a certificate: %v", err)
	}
	if readCertificate(huge) != nil {
		t.Error("the certificate is used")
	}
}

func TestStoreCertificate(t *testing.T) {
	property := func(number uint32, data []byte) []byte {
		b := binary.LittleEndian.AppendUint32(nil, number)
		b = binary.LittleEndian.AppendUint32(b, 1)
		return append(binary.LittleEndian.AppendUint32(b, uint32(len(data))), data...)
	}
	tests := []struct {
		name string
		blob []byte
		want string
	}{
		{"last", append(property(3, []byte("hash")), property(32, []byte("cert"))...), "cert"},
		{"first", append(property(32, []byte("cert")), property(3, []byte("hash"))...), "cert"},
		{"none", property(3, []byte("hash")), ""},
		{"empty", nil, ""},
		{"cut off", property(32, []byte("cert"))[:14], ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := StoreCertificate(test.blob)
			if string(got) != test.want || (err == nil) != (test.want != "") {
				t.Errorf("got %q, %v, want %q", got, err, test.want)
			}
		})
	}
}

func TestElement(t *testing.T) {
	tests := []struct {
		name, hex, body, err string
	}{
		{"short", "0401ff", "ff", ""},
		{"empty", "0500", "", ""},
		{"long", "048180" + hex.EncodeToString(make([]byte, 128)), hex.EncodeToString(make([]byte, 128)), ""},
		{"more follows", "0401ffffff", "ff", ""},
		{"nothing", "", "", "cut off"},
		{"no length", "04", "", "cut off"},
		{"too short", "0402ff", "", "2 octets where 1 are left"},
		{"indefinite", "3080", "", "indefinite length: BER, not DER"},
		{"longer than needed", "048101ff", "", "length in more octets than it needs: BER, not DER"},
		{"leading zero", "0482008000", "", "length in more octets than it needs: BER, not DER"},
		{"five octets of length", "04850000000001ff", "", "length cut off or too long"},
		{"4 GB", "0484ffffffff", "", "4294967295 octets where 0 are left"},
		{"tag of many octets", "1f810100", "", "tag of many octets"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b, err := hex.DecodeString(test.hex)
			if err != nil {
				t.Fatal(err)
			}
			v, err := element(b)
			got := ""
			if err != nil {
				got = err.Error()
			}
			if hex.EncodeToString(v.body) != test.body || got != test.err {
				t.Errorf("got %x, %q, want %s, %q", v.body, got, test.body, test.err)
			}
		})
	}
}

// The octets of each object identifier are those of its name in the comment beside it.
func TestObjectIdentifiers(t *testing.T) {
	for dotted, got := range map[string]string{
		"1.2.840.113549.1.7.2": oidSignedData, "1.3.6.1.4.1.311.2.1.4": oidIndirectData, "1.3.6.1.4.1.311.2.4.1": oidNestedSignature,
		"1.3.6.1.4.1.311.3.3.1": oidTimestampToken, "1.2.840.113549.1.9.6": oidCountersignature, "1.3.6.1.4.1.311.10.1": oidTrustList,
		"1.3.6.1.4.1.311.2.3.1": oidPageHashSHA1, "1.3.6.1.4.1.311.2.3.2": oidPageHashSHA256, "2.16.840.1.101.3.4.2.1": oidSHA256,
		"1.2.840.113549.1.9.16.1.4": oidTSTInfo, "1.3.6.1.4.1.311.12.1.1": oidCatalogList, "1.3.6.1.4.1.311.12.1.3": oidCatalogMemberV2,
	} {
		var read asn1.ObjectIdentifier
		if _, err := asn1.Unmarshal(oid(got), &read); err != nil || read.String() != dotted {
			t.Errorf("got %s, %v, want %s", read, err, dotted)
		}
	}
}

func TestReadVersion(t *testing.T) {
	pe := makePE(3_000, "Contoso “Ltd”")
	read := func(file []byte) (Version, error) {
		return ReadVersion(context.Background(), bytes.NewReader(file), int64(len(file)))
	}
	got, err := read(pe)
	want := Version{
		CompanyName: "Contoso “Ltd”", ProductName: "Exvet tests", FileDescription: "a made file", FileVersion: "15.02.1118.007", ProductVersion: "15.02",
		OriginalFilename: "made.dll", FixedFileVersion: "15.2.1118.7", FixedProductVersion: "15.2.1118.8",
	}
	if got != want || err != nil {
		t.Errorf("got %+v, %v\nwant %+v", got, err, want)
	}
	for name, file := range map[string][]byte{"empty": nil, "text": []byte("hello"), "headers cut off": pe[:200]} {
		if got, err := read(file); got != (Version{}) || err != nil {
			t.Errorf("%s: got %+v, %v, want none", name, got, err)
		}
	}
	outside := slices.Clone(pe)
	binary.LittleEndian.PutUint32(outside[peHeader+24+112+2*8:], 0x7fffffff)
	if got, err := read(outside); got != (Version{}) || err == nil {
		t.Errorf("resources outside: got %+v, %v, want an error", got, err)
	}
}
