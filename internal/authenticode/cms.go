package authenticode

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"time"
)

// What one signature may ask for.
const (
	maxChainCertificates = 32      // certificates in one SignedData
	maxCertificate       = 1 << 16 // octets of one certificate
	maxKeyBits           = 8_192   // of an RSA key: a much longer one costs seconds a signature
	maxExponent          = 1 << 17 // of an RSA key, for the same reason
	maxAttributes        = 64      // of one signer
)

// A signedData is one CMS SignedData.
type signedData struct {
	contentType  string // object identifier
	content      []byte // octets of the content, without its tag and length
	bag          []byte // certificates, not read yet
	certificates []*x509.Certificate
	unreadable   int // certificates that are not in certificates, since they cannot be read
	signers      []signerInfo
}

// A signerInfo is one signer of a SignedData.
type signerInfo struct {
	issuer, serial, keyID []byte // which certificate: raw issuer and serial, or key identifier
	hash                  crypto.Hash
	signed                []byte // what the signature is over: the signed attributes, as a SET
	contentType           string
	messageDigest         []byte
	signingTime           time.Time
	algorithm             string // object identifier
	parameters            []byte
	signature             []byte
	nested                [][]byte // signatures of the same file within the unsigned attributes
	tokens                [][]byte // RFC 3161 timestamps
	counters              [][]byte // legacy timestamps
	foreign               bool     // unsigned attributes Windows has no use for
}

// readSignedData reads a ContentInfo that holds a SignedData, but for its certificates, and returns what
// follows it.
func readSignedData(der []byte) (sd *signedData, rest []byte, err error) {
	p := parse(der)
	info := p.enter(tagSequence, "content info")
	if oid := info.oid("content type"); *p.err == nil && oid != oidSignedData {
		return nil, nil, errors.New("read content info: no signed data")
	}
	explicit := info.enter(tagExplicit0, "signed data")
	body := explicit.enter(tagSequence, "signed data")
	body.take(tagInteger, "version")
	body.take(tagSet, "digest algorithms")
	sd = &signedData{}
	inner := body.enter(tagSequence, "content")
	sd.contentType = inner.oid("content type")
	if !inner.empty() {
		wrapped := inner.enter(tagExplicit0, "content")
		v := wrapped.next("content")
		if v.tag == tagOctetString|0x20 {
			p.fail(fmt.Errorf("read content: octet string in pieces: %w", errBER))
		}
		sd.content = v.body
	}
	if bag, ok := body.optional(tagExplicit0, "certificates"); ok {
		sd.bag = bag.body
	}
	body.optional(tagExplicit1, "revocation lists")
	signers := body.enter(tagSet, "signers")
	for !signers.empty() {
		if len(sd.signers) == 2 { // one more than is ever accepted
			p.fail(errors.New("read signers: too many"))
			break
		}
		sd.signers = append(sd.signers, readSigner(signers.take(tagSequence, "signer"), p.err))
	}
	if *p.err != nil {
		return nil, nil, *p.err
	}
	return sd, p.rest, nil
}

// readCertificates keeps the certificates that can be read and whose keys are of a sane size.
func (sd *signedData) readCertificates() error {
	p := parse(sd.bag)
	for !p.empty() {
		v := p.next("certificate")
		if len(sd.certificates)+sd.unreadable == maxChainCertificates {
			p.fail(errors.New("read certificates: too many"))
		}
		if *p.err != nil {
			break
		}
		if certificate := readCertificate(v.raw); certificate != nil {
			sd.certificates = append(sd.certificates, certificate)
		} else {
			sd.unreadable++
		}
	}
	sd.bag = nil
	return *p.err
}

// readCertificate is nil for a certificate that cannot be read, or whose key would cost too much to use.
func readCertificate(der []byte) *x509.Certificate {
	if len(der) > maxCertificate {
		return nil
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil
	}
	if key, ok := certificate.PublicKey.(*rsa.PublicKey); ok && (key.N.BitLen() > maxKeyBits || key.E > maxExponent) {
		return nil
	}
	return certificate
}

// readSigner reads one SignerInfo.
func readSigner(v value, failed *error) signerInfo {
	p := parser{rest: v.body, err: failed}
	var si signerInfo
	p.take(tagInteger, "signer's version")
	if id, ok := p.optional(tagContext0, "signer's key identifier"); ok {
		si.keyID = id.body
	} else {
		id := p.enter(tagSequence, "signer's identifier")
		si.issuer = id.take(tagSequence, "signer's issuer").raw
		si.serial = id.take(tagInteger, "signer's serial number").body
	}
	oid, _ := p.algorithm("digest algorithm")
	si.hash = hashOf(oid)
	if attributes, ok := p.optional(tagExplicit0, "signed attributes"); ok {
		si.signed = append([]byte{tagSet}, attributes.raw[1:]...)
		si.readSigned(p.within(attributes))
	}
	si.algorithm, si.parameters = p.algorithm("signature algorithm")
	si.signature = p.take(tagOctetString, "signature").body
	if attributes, ok := p.optional(tagExplicit1, "unsigned attributes"); ok {
		si.readUnsigned(p.within(attributes))
	}
	return si
}

// attributes calls each for every attribute: its object identifier, and a parser of its values.
func attributes(p parser, each func(oid string, values parser)) {
	for count := 0; !p.empty(); count++ {
		if count == maxAttributes {
			p.fail(errors.New("read attributes: too many"))
			return
		}
		attribute := p.enter(tagSequence, "attribute")
		oid := attribute.oid("attribute")
		each(oid, attribute.enter(tagSet, "attribute's values"))
	}
}

func (si *signerInfo) readSigned(p parser) {
	seen := map[string]bool{}
	attributes(p, func(oid string, values parser) {
		if seen[oid] {
			p.fail(errors.New("read signed attributes: one twice"))
		}
		seen[oid] = true
		switch oid {
		case oidContentType:
			si.contentType = values.oid("content type")
		case oidMessageDigest:
			si.messageDigest = values.take(tagOctetString, "message digest").body
		case oidSigningTime:
			si.signingTime = values.time("signing time")
		}
	})
}

func (si *signerInfo) readUnsigned(p parser) {
	attributes(p, func(oid string, values parser) {
		var list *[][]byte
		switch oid {
		case oidNestedSignature:
			list = &si.nested
		case oidTimestampToken:
			list = &si.tokens
		case oidCountersignature:
			list = &si.counters
		default:
			si.foreign = true
			return
		}
		for !values.empty() && len(*list) < maxSignatures {
			*list = append(*list, values.next("unsigned attribute").raw)
		}
	})
}

// verify checks the signature of one signer over the content, and returns the certificate it was made with.
func (sd *signedData) verify(si *signerInfo) (*x509.Certificate, error) {
	if si.contentType != sd.contentType {
		return nil, errors.New("signed attributes are of another content type")
	}
	return verifySigner(si, sd.content, sd.certificates)
}

// verifySigner checks the signature of a signer over some content.
func verifySigner(si *signerInfo, content []byte, certificates []*x509.Certificate) (*x509.Certificate, error) {
	if si.hash == 0 {
		return nil, errors.New("digest algorithm is not accepted")
	}
	h := si.hash.New()
	h.Write(content)
	if si.signed == nil || !bytes.Equal(h.Sum(nil), si.messageDigest) {
		return nil, errors.New("signed digest is not the content's")
	}
	certificate := si.certificate(certificates)
	if certificate == nil {
		return nil, errors.New("the signer's certificate is not in the signature")
	}
	h.Reset()
	h.Write(si.signed)
	if err := si.check(certificate.PublicKey, h.Sum(nil)); err != nil {
		return certificate, fmt.Errorf("signature by %q: %w", certificate.Subject.CommonName, err)
	}
	return certificate, nil
}

// certificate finds the signer's certificate.
func (si *signerInfo) certificate(certificates []*x509.Certificate) *x509.Certificate {
	for _, c := range certificates {
		if si.keyID != nil {
			if bytes.Equal(c.SubjectKeyId, si.keyID) {
				return c
			}
		} else if len(si.serial) <= 64 && bytes.Equal(c.RawIssuer, si.issuer) && c.SerialNumber.Cmp(new(big.Int).SetBytes(si.serial)) == 0 {
			return c
		}
	}
	return nil
}

// check checks the signature over a digest with a key.
func (si *signerInfo) check(public any, digest []byte) error {
	want := si.hash
	switch si.algorithm {
	case oidSHA1RSA, oidECDSASHA1:
		want = crypto.SHA1
	case oidSHA256RSA, oidECDSASHA256:
		want = crypto.SHA256
	case oidSHA384RSA, oidECDSASHA384:
		want = crypto.SHA384
	case oidSHA512RSA, oidECDSASHA512:
		want = crypto.SHA512
	case oidRSA, oidRSAPSS, oidECKey:
	default:
		return errors.New("signature algorithm is not accepted")
	}
	if want != si.hash {
		return errors.New("signature algorithm and digest algorithm differ")
	}
	switch key := public.(type) {
	case *rsa.PublicKey:
		if si.algorithm == oidRSAPSS {
			// The parameters name the digest once more; only the digest of the signer is tried.
			return rsa.VerifyPSS(key, si.hash, digest, si.signature, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthAuto})
		}
		return rsa.VerifyPKCS1v15(key, si.hash, digest, si.signature)
	case *ecdsa.PublicKey:
		if !ecdsa.VerifyASN1(key, digest, si.signature) {
			return errors.New("does not verify")
		}
		return nil
	}
	return errors.New("kind of key is not accepted")
}
