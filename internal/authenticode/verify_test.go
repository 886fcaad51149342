package authenticode

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"fmt"
	"slices"
	"testing"
	"time"
)

// now is when files are judged in these tests.
func now() time.Time { return day(2026) }

// A world holds who signs in these tests. Its Microsoft is not Microsoft: its verifiers pin another root.
type world struct {
	pinned, legacyRoot, host, foreign *identity

	microsoft, drivers, driversFolded, parts, lookalike, twoNames, bare, lifetime, old *identity // under pinned
	contoso, contosoOld, contosoUnlimited, hostMicrosoft                               *identity // under host
	fake                                                                               *identity // under itself
	stamper, hostStamper, foreignStamper, notStamper                                   *identity
	legacy, legacyStamper, hostLegacy                                                  *identity
}

func makeWorld(t testing.TB) *world {
	t.Helper()
	root := func(name string, legacy bool) *identity {
		return issue(t, nil, request{subject: named(name, "Test"), ca: true, legacy: legacy})
	}
	w := &world{pinned: root("Pinned Root", false), legacyRoot: root("Legacy Root", true), host: root("Host Root", false), foreign: root("Foreign Root", false)}
	pca := issue(t, w.pinned, request{subject: named("Pinned PCA", "Test"), ca: true})
	leaf := func(cn, o string, r request) *identity {
		r.subject = named(cn, o)
		return issue(t, pca, r)
	}
	const name = "Microsoft Corporation"
	w.microsoft = leaf(name, name, request{serial: 0x1234})
	w.drivers = leaf("Microsoft Windows Hardware Compatibility Publisher", name, request{})
	w.driversFolded = leaf("MICROSOFT WINDOWS HARDWARE COMPATIBILITY PUBLISHER ", name, request{})
	w.parts = leaf("Microsoft 3rd Party Application Component", name, request{})
	w.lookalike = leaf("O=Microsoft Corporation, L=Redmond", "Microsoft Corporation ", request{})
	w.twoNames = issue(t, pca, request{subject: pkix.Name{CommonName: name, Organization: []string{name, "Contoso"}}})
	w.bare = leaf(name, name, request{noUsage: true})
	w.lifetime = leaf(name, name, request{from: day(2018), to: day(2020), unknown: []asn1.ObjectIdentifier{{1, 3, 6, 1, 4, 1, 311, 10, 3, 13}}})
	w.old = leaf(name, name, request{from: day(2018), to: day(2020)})
	w.contoso = issue(t, w.host, request{subject: named("Contoso Ltd", "Contoso Ltd")})
	w.contosoOld = issue(t, w.host, request{subject: named("Contoso Ltd", "Contoso Ltd"), from: day(2018), to: day(2020)})
	w.contosoUnlimited = issue(t, w.host, request{subject: named("Contoso Ltd", "Contoso Ltd"), noUsage: true})
	w.hostMicrosoft = issue(t, w.host, request{subject: named(name, name)})
	w.fake = issue(t, nil, request{subject: named(name, name)})
	stamping := []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}
	w.stamper = issue(t, w.pinned, request{subject: named("Stamper", name), usage: stamping})
	w.hostStamper = issue(t, w.host, request{subject: named("Host Stamper", ""), usage: stamping})
	w.foreignStamper = issue(t, w.foreign, request{subject: named("Foreign Stamper", ""), usage: stamping})
	w.notStamper = issue(t, w.pinned, request{subject: named("Not a Stamper", "")})
	legacyPCA := issue(t, w.legacyRoot, request{subject: named("Legacy PCA", "Test"), ca: true, legacy: true})
	w.legacy = issue(t, legacyPCA, request{subject: named(name, name), legacy: true, from: day(2009), to: day(2011)})
	w.legacyStamper = issue(t, legacyPCA, request{subject: named("Legacy Stamper", ""), legacy: true, usage: stamping, from: day(2005), to: day(2015)})
	hostLegacy := issue(t, nil, request{subject: named("Host Legacy Root", ""), ca: true, legacy: true})
	w.hostLegacy = issue(t, hostLegacy, request{subject: named("Contoso Ltd", ""), legacy: true})
	w.host.chain = append(w.host.chain, hostLegacy.certificate) // a second root of the host
	return w
}

// verifier trusts the roots of a world in place of the pinned ones.
func (w *world) verifier(catalogs *Catalogs, denied ...Denial) *Verifier {
	pinned := []anchor{{"microsoft-2010", w.pinned.certificate}, {"microsoft-2001", w.legacyRoot.certificate}}
	host := append([]*x509.Certificate{w.host.certificate}, w.host.chain...)
	return &Verifier{at: now(), trust: newTrust(pinned, host, denied), catalogs: catalogs}
}

func verify(t testing.TB, v *Verifier, file []byte) Result {
	t.Helper()
	result, err := v.Verify(context.Background(), bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// short sums a result up: "valid microsoft microsoft-2010 [flags]".
func (r Result) short() string {
	s := string(r.Status)
	if r.Microsoft {
		s += " microsoft"
	}
	return fmt.Sprintf("%s %s %v", s, r.Anchor, r.Flags)
}

func TestVerify(t *testing.T) {
	w := makeWorld(t)
	pe := makePE(10_000, "Microsoft Corporation")
	signed := func(s signing, more ...*identity) []byte { return embedIn(pe, nil, s.spc(t, pe, more...)) }
	sha1 := signing{by: w.microsoft, hash: crypto.SHA1}.spc(t, pe)
	flip := func(file []byte, at int) []byte {
		file = slices.Clone(file)
		file[at] ^= 1
		return file
	}
	other := signing{by: w.microsoft}.spc(t, makePE(5_000, ""))
	mine := signing{by: w.microsoft}.spc(t, pe)
	tests := []struct {
		name string
		file []byte
		want string
	}{
		{"Microsoft", signed(signing{by: w.microsoft}), "valid microsoft microsoft-2010 []"},
		{"Microsoft, SHA-384", signed(signing{by: w.microsoft, hash: crypto.SHA384}), "valid microsoft microsoft-2010 []"},
		{"with page hashes", signed(signing{by: w.microsoft, pages: crypto.SHA256}), "valid microsoft microsoft-2010 []"},
		{"with page hashes over SHA-1", signed(signing{by: w.microsoft, pages: crypto.SHA1}), "valid microsoft microsoft-2010 []"},
		{"with a time stamp", signed(signing{by: w.microsoft, unsigned: token(t, w.stamper, day(2019))}), "valid microsoft microsoft-2010 []"},
		{"over SHA-1", embedIn(pe, nil, sha1), "valid microsoft microsoft-2010 [sha1-digest]"},
		{"third party", signed(signing{by: w.contoso}), "valid host-store []"},
		{"third party, no usage named", signed(signing{by: w.contosoUnlimited}), "valid host-store []"},
		{"drivers", signed(signing{by: w.drivers}), "valid microsoft-2010 [signed-for-others]"},
		{"drivers, other case", signed(signing{by: w.driversFolded}), "valid microsoft-2010 [signed-for-others]"},
		{"redistributed parts", signed(signing{by: w.parts}), "valid microsoft-2010 [signed-for-others]"},
		{"pinned root, another's name", signed(signing{by: w.lookalike}), "valid microsoft-2010 []"},
		{"pinned root, two organisations", signed(signing{by: w.twoNames}), "valid microsoft-2010 []"},
		{"pinned root, no usage named", signed(signing{by: w.bare}), "untrusted-root  []"},
		{"Microsoft's name under the host's root", signed(signing{by: w.hostMicrosoft}), "valid host-store []"},
		{"Microsoft's name, self-signed", signed(signing{by: w.fake}), "untrusted-root  []"},
		{"not for code", signed(signing{by: w.stamper}), "untrusted-root  []"},
		{"unsigned", pe, "unknown  []"},
		{"no image", []byte("#!/bin/sh\nexit 0\n"), "unknown  [not-pe]"},
		{"empty", nil, "unknown  [not-pe]"},
		{"one bit of the code", flip(signed(signing{by: w.microsoft}), 0x500), "hash-mismatch  []"},
		{"one bit of the headers", flip(signed(signing{by: w.microsoft}), 0x300), "hash-mismatch  []"},
		{"checksum", flip(signed(signing{by: w.microsoft}), peHeader+24+64), "valid microsoft microsoft-2010 []"},
		{"another file's signature", embedIn(pe, nil, other), "hash-mismatch  []"},
		{"one bit of the signature", flip(signed(signing{by: w.microsoft}), len(embedIn(pe, nil, mine))-20), "bad-signature  []"},
		{"page hashes of another file", signed(signing{by: w.microsoft, pages: crypto.SHA256, paged: makePE(9_000, "")}), "valid microsoft microsoft-2010 [page-hash-mismatch]"},
		{"digest of the wrong length", signed(signing{by: w.microsoft, digest: make([]byte, 16)}), "malformed  []"},
		{"digest over MD5", signed(signing{by: w.microsoft, digest: make([]byte, 16), named: crypto.MD5}), "bad-signature  []"},
		{"of another kind of file", signed(signing{by: w.microsoft, kind: oidData}), "malformed  []"},
		{"payload in the padding", embedIn(pe, []byte("payload!"), mine), "valid microsoft microsoft-2010 [nonzero-padding]"},
		{"zeros in the padding", embedIn(pe, make([]byte, 8), mine), "valid microsoft microsoft-2010 []"},
		{"overlay", append(embedIn(pe, nil, mine), "overlay!"...), "hash-mismatch  [overlay-after-certificates]"},
		{"overlay that was signed", overlaid(t, w), "hash-mismatch  [overlay-after-certificates]"},
		{"table within the code", hidden(t, w), "malformed  []"},
		{"expired", signed(signing{by: w.old}), "expired  []"},
		{"expired, good stamp", signed(signing{by: w.old, unsigned: token(t, w.stamper, day(2019))}), "valid microsoft microsoft-2010 []"},
		{"expired, late stamp", signed(signing{by: w.old, unsigned: token(t, w.stamper, day(2021))}), "expired  []"},
		{"expired, stamp by a stranger", signed(signing{by: w.old, unsigned: token(t, w.foreignStamper, day(2019))}), "expired  [timestamp-untrusted]"},
		{"expired, stamp by no stamper", signed(signing{by: w.old, unsigned: token(t, w.notStamper, day(2019))}), "expired  [timestamp-untrusted]"},
		{"expired, stamp of the host's", signed(signing{by: w.old, unsigned: token(t, w.hostStamper, day(2019))}), "valid host-store []"},
		{"valid, stamp of the host's", signed(signing{by: w.microsoft, unsigned: token(t, w.hostStamper, day(2019))}), "valid microsoft microsoft-2010 []"},
		{"expired, both stamps", signed(signing{by: w.old, unsigned: func(s []byte) [][]byte {
			return append(token(t, w.hostStamper, day(2019))(s), token(t, w.stamper, day(2019))(s)...)
		}}), "valid microsoft microsoft-2010 []"},
		{"third party, expired, good stamp", signed(signing{by: w.contosoOld, unsigned: token(t, w.hostStamper, day(2019))}), "valid host-store []"},
		{"expired, stamp of another signature", signed(signing{by: w.old, unsigned: func([]byte) [][]byte { return token(t, w.stamper, day(2019))([]byte("x")) }}), "expired  [timestamp-invalid]"},
		{"expired, stamp that is none", signed(signing{by: w.old, unsigned: func([]byte) [][]byte { return [][]byte{attribute(oidTimestampToken, seq())} }}), "expired  [timestamp-malformed]"},
		{"expired, BER stamp", signed(signing{by: w.old, unsigned: func([]byte) [][]byte {
			return [][]byte{attribute(oidTimestampToken, seq(oid(oidSignedData), []byte{0xa0, 0x03, 0x30, 0x80, 0}))}
		}}), "expired  [timestamp-malformed]"},
		{"lifetime signing, good stamp", signed(signing{by: w.lifetime, unsigned: token(t, w.stamper, day(2019))}), "expired  []"},
		{"legacy stamp", signed(signing{by: w.old, unsigned: counter(t, w.stamper, day(2019), crypto.SHA256)}, w.stamper), "valid microsoft microsoft-2010 []"},
		{"legacy late stamp", signed(signing{by: w.old, unsigned: counter(t, w.stamper, day(2022), crypto.SHA256)}, w.stamper), "expired  []"},
		{"SHA-1 chain", signed(signing{by: w.legacy, hash: crypto.SHA1, unsigned: counter(t, w.legacyStamper, day(2010), crypto.SHA1)}, w.legacyStamper), "valid-legacy-sha1 microsoft microsoft-2001 [sha1-digest]"},
		{"SHA-1 chain, no stamp", signed(signing{by: w.legacy, hash: crypto.SHA1}), "expired  [sha1-digest]"},
		{"SHA-1 chain of the host's", signed(signing{by: w.hostLegacy}), "untrusted-root  []"},
		{"dual", signed(signing{by: w.microsoft, hash: crypto.SHA1, unsigned: nest(mine)}), "valid microsoft microsoft-2010 []"},
		{"dual, the second of another file", signed(signing{by: w.microsoft, unsigned: nest(other)}), "valid microsoft microsoft-2010 [digest-mismatch]"},
		{"dual, the first untrusted", signed(signing{by: w.fake, unsigned: nest(mine)}), "valid microsoft microsoft-2010 []"},
		{"two in the table", embedIn(pe, nil, signing{by: w.contoso}.spc(t, pe), mine), "valid microsoft microsoft-2010 []"},
		{"too many nested", signed(signing{by: w.contoso, unsigned: nest(slices.Repeat([][]byte{other}, 20)...)}), "valid host-store [digest-mismatch too-many-signatures]"},
		{"data beside the signature", signed(signing{by: w.microsoft, unsigned: func([]byte) [][]byte { return [][]byte{attribute(oidData, octets([]byte("x")))} }}), "valid microsoft microsoft-2010 [unknown-unsigned-attributes]"},
		{"signature cut off", embedIn(pe, nil, mine[:len(mine)-9]), "malformed  []"},
		{"BER", embedIn(pe, nil, append([]byte{0x30, 0x80}, mine[4:]...)), "malformed  []"},
		{"no signature in the table", embedIn(pe, nil, nil), "malformed  []"},
	}
	v := w.verifier(nil)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			result := verify(t, v, test.file)
			if got := result.short(); got != test.want {
				t.Errorf("got %s (%s), want %s", got, result.Reason, test.want)
			}
		})
	}
}

// overlaid moves the certificate table before octets that the digest covers: they are signed, and yet Windows
// would not look for the table there.
func overlaid(t *testing.T, w *world) []byte {
	plain := makePE(4_096, "")
	whole := append(slices.Clone(plain), "12345678"...)
	return append(embedIn(plain, nil, signing{by: w.microsoft}.spc(t, whole)), "12345678"...)
}

// hidden moves the certificate table into the code: the digest is what was signed, and what Windows would load
// is not.
func hidden(t *testing.T, w *world) []byte {
	const at = 0x1000
	pe := makePE(10_000, "")
	table := embedIn(pe, nil, signing{by: w.microsoft}.spc(t, pe))[len(pe):]
	file := slices.Concat(pe[:at], table, pe[at:])
	entry := peHeader + 24 + 112 + 4*8
	binary.LittleEndian.PutUint32(file[entry:], at)
	binary.LittleEndian.PutUint32(file[entry+4:], uint32(len(table)))
	return file
}
