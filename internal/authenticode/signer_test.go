package authenticode

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"math/big"
	"slices"
	"testing"
	"time"
)

// An identity is a certificate with its key and those above it, the root left out.
type identity struct {
	certificate *x509.Certificate
	key         crypto.Signer
	chain       []*x509.Certificate
}

// A request is what a made certificate is like.
type request struct {
	subject    pkix.Name
	from, to   time.Time
	ca         bool
	usage      []x509.ExtKeyUsage
	unknown    []asn1.ObjectIdentifier
	legacy     bool // RSA, signed over SHA-1
	serial     int64
	noUsage    bool
	keyBits    int
	rsa        bool
	rawSubject []byte
}

func day(year int) time.Time { return time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC) }

// issue makes a certificate, signed by its own key if by is nil.
func issue(t testing.TB, by *identity, r request) *identity {
	t.Helper()
	var key crypto.Signer
	var err error
	if r.legacy || r.rsa {
		key, err = rsa.GenerateKey(rand.Reader, max(r.keyBits, 1024))
	} else {
		key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	if err != nil {
		t.Fatal(err)
	}
	if r.serial == 0 {
		random, err := rand.Int(rand.Reader, big.NewInt(1<<60))
		if err != nil {
			t.Fatal(err)
		}
		r.serial = random.Int64() + 1
	}
	if r.to.IsZero() {
		r.from, r.to = day(2005), day(2040)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(r.serial), Subject: r.subject, RawSubject: r.rawSubject, NotBefore: r.from, NotAfter: r.to,
		BasicConstraintsValid: true, IsCA: r.ca, ExtKeyUsage: r.usage, UnknownExtKeyUsage: r.unknown,
	}
	if r.ca {
		template.KeyUsage = x509.KeyUsageCertSign
	} else if len(r.usage) == 0 && !r.noUsage {
		template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning}
	}
	if slices.Contains(r.usage, x509.ExtKeyUsageTimeStamping) {
		// RFC 3161 wants it critical, and OpenSSL checks.
		id := asn1.ObjectIdentifier{2, 5, 29, 37}
		template.ExtraExtensions = []pkix.Extension{{Id: id, Critical: true, Value: seq(oid("\x2b\x06\x01\x05\x05\x07\x03\x08"))}}
		template.KeyUsage = x509.KeyUsageDigitalSignature
	}
	if r.legacy {
		template.SignatureAlgorithm = x509.SHA1WithRSA
	}
	parent, signer := template, key
	made := &identity{key: key}
	if by != nil {
		parent, signer = by.certificate, by.key
		if by.chain != nil || by.certificate.Issuer.String() != by.certificate.Subject.String() {
			made.chain = append([]*x509.Certificate{by.certificate}, by.chain...)
		}
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	if made.certificate, err = x509.ParseCertificate(raw); err != nil {
		t.Fatal(err)
	}
	return made
}

func named(cn, o string) pkix.Name {
	name := pkix.Name{CommonName: cn}
	if o != "" {
		name.Organization = []string{o}
	}
	return name
}

// A signing is how something is signed.
type signing struct {
	by       *identity
	hash     crypto.Hash                     // SHA-256 if zero
	pages    crypto.Hash                     // with page hashes, unless zero
	paged    []byte                          // image the page hashes are of, if another
	named    crypto.Hash                     // hash function the file's digest is said to be of, if another
	unsigned func(signature []byte) [][]byte // attributes
	digest   []byte                          // instead of the file's
	kind     string                          // instead of an image
	at       time.Time                       // signing time of a legacy time stamp
}

// signerInfo signs content.
func (s signing) signerInfo(t testing.TB, contentType string, content []byte) []byte {
	t.Helper()
	if s.hash == 0 {
		s.hash = crypto.SHA256
	}
	attributes := [][]byte{attribute(oidContentType, oid(contentType)), attribute(oidMessageDigest, octets(sum(s.hash, content)))}
	if !s.at.IsZero() {
		attributes = append(attributes, attribute(oidSigningTime, der(tagUTCTime, []byte(s.at.Format("060102150405Z")))))
	}
	signature, err := s.by.key.Sign(rand.Reader, sum(s.hash, set(attributes...)), s.hash)
	if err != nil {
		t.Fatal(err)
	}
	method := oidRSA
	if _, ok := s.by.key.(*ecdsa.PrivateKey); ok {
		method = oidECKey
	}
	c := s.by.certificate
	parts := [][]byte{
		number(1), seq(c.RawIssuer, integer(c.SerialNumber)), algorithm(hashOID(s.hash)),
		der(tagExplicit0, attributes...), algorithm(method), octets(signature),
	}
	if s.unsigned != nil {
		parts = append(parts, der(tagExplicit1, s.unsigned(signature)...))
	}
	return seq(parts...)
}

// signedData signs one whole element as content.
func (s signing) signedData(t testing.TB, contentType string, element []byte, more ...*identity) []byte {
	t.Helper()
	p := parse(element)
	info := s.signerInfo(t, contentType, p.next("content").body)
	var bag [][]byte
	for _, i := range append([]*identity{s.by}, more...) {
		bag = append(bag, i.certificate.Raw)
		for _, c := range i.chain {
			bag = append(bag, c.Raw)
		}
	}
	return seq(oid(oidSignedData), der(tagExplicit0, seq(
		number(1), set(algorithm(hashOID(crypto.SHA256))), seq(oid(contentType), der(tagExplicit0, element)),
		der(tagExplicit0, bag...), set(info))))
}

// indirect is the SpcIndirectDataContent for a digest.
func indirect(kind string, hash crypto.Hash, digest, pages []byte) []byte {
	file := der(tagExplicit0, der(0xa2, der(0x80, []byte{0, '<'})))
	if pages != nil {
		file = der(tagExplicit0, der(tagExplicit1, octets([]byte(pageHashClass)), octets(set(pages))))
	}
	return seq(seq(oid(kind), seq(der(tagBitString, []byte{0}), file)), seq(algorithm(hashOID(hash)), octets(digest)))
}

// spc is the signature of an image, ready for its certificate table.
func (s signing) spc(t testing.TB, pe []byte, more ...*identity) []byte {
	t.Helper()
	if s.hash == 0 {
		s.hash = crypto.SHA256
	}
	kind, digest := oidPEImageData, s.digest
	if s.kind != "" {
		kind = s.kind
	}
	if digest == nil {
		digest = peDigest(s.hash, pe)
	}
	var pages []byte
	if s.pages != 0 {
		encoded := map[crypto.Hash]string{crypto.SHA1: oidPageHashSHA1, crypto.SHA256: oidPageHashSHA256}[s.pages]
		paged := pe
		if s.paged != nil {
			paged = s.paged
		}
		pages = attribute(encoded, octets(pePages(s.pages, paged)))
	}
	named := s.hash
	if s.named != 0 {
		named = s.named
	}
	return s.signedData(t, oidIndirectData, indirect(kind, named, digest, pages), more...)
}

// token is an unsigned attribute: an RFC 3161 time stamp.
func token(t testing.TB, by *identity, at time.Time) func([]byte) [][]byte {
	return func(signature []byte) [][]byte {
		return [][]byte{attribute(oidTimestampToken, signing{by: by}.signedData(t, oidTSTInfo, octets(stampInfo(signature, at))))}
	}
}

// stampInfo is the TSTInfo of a time stamp of a signature.
func stampInfo(signature []byte, at time.Time) []byte {
	return seq(number(1), oid(oidData), seq(algorithm(oidSHA256), octets(sum(crypto.SHA256, signature))),
		number(7), der(tagGeneralizedTime, []byte(at.Format("20060102150405Z"))))
}

// counter is an unsigned attribute: a legacy time stamp.
func counter(t testing.TB, by *identity, at time.Time, hash crypto.Hash) func([]byte) [][]byte {
	return func(signature []byte) [][]byte {
		return [][]byte{attribute(oidCountersignature, signing{by: by, hash: hash, at: at}.signerInfo(t, oidData, signature))}
	}
}

// nest is an unsigned attribute: another signature.
func nest(signatures ...[]byte) func([]byte) [][]byte {
	return func([]byte) [][]byte { return [][]byte{attribute(oidNestedSignature, signatures...)} }
}

// catalog lists digests, and is signed.
func (s signing) catalog(t testing.TB, hash crypto.Hash, digests ...[]byte) []byte {
	t.Helper()
	kind := oidCatalogMemberV2
	if hash == crypto.SHA1 {
		kind = oidCatalogMember
	}
	var members [][]byte
	for _, digest := range digests {
		members = append(members, seq(octets(digest), set(attribute(oidIndirectData, indirect(oidPEImageData, hash, digest, nil)))))
	}
	list := seq(seq(oid(oidCatalogList)), octets([]byte("0123456789abcdef")), der(tagUTCTime, []byte("250102030405Z")),
		algorithm(kind), seq(members...), der(tagExplicit0, seq()))
	return s.signedData(t, oidTrustList, list)
}

// embedIn puts signatures into an image's certificate table.
func embedIn(pe []byte, padding []byte, signatures ...[]byte) []byte {
	signed := slices.Concat(pe, make([]byte, (8-len(pe)%8)%8))
	from := len(signed)
	for _, signature := range signatures {
		length := 8 + len(signature) + len(padding)
		signed = binary.LittleEndian.AppendUint32(signed, uint32(length))
		signed = append(signed, 0, 2, 2, 0)
		signed = append(append(signed, signature...), padding...)
		signed = append(signed, make([]byte, (8-length%8)%8)...)
	}
	entry := peHeader + 24 + 112 + 4*8
	binary.LittleEndian.PutUint32(signed[entry:], uint32(from))
	binary.LittleEndian.PutUint32(signed[entry+4:], uint32(len(signed)-from))
	return signed
}
