package authenticode

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"time"
)

// A stamp is a time stamp that verifies: the signature existed at its time.
type stamp struct {
	at   time.Time
	by   string // common name of who stamped
	path path
}

// stamps returns the time stamp of a signature to go by, or nil, and a flag for each that does not verify.
func (t *trust) stamps(w *work, sd *signedData, si *signerInfo) (best *stamp, flags []string) {
	consider := func(s *stamp, err error) {
		switch {
		case err == nil:
			if best == nil || s.path.pinned && !best.path.pinned {
				best = s
			}
		case errors.Is(err, errUntrusted), errors.Is(err, errExpired), errors.Is(err, errDenied):
			flags = append(flags, TimestampUntrusted)
		case errors.Is(err, errForged):
			flags = append(flags, TimestampInvalid)
		default:
			flags = append(flags, TimestampMalformed)
		}
	}
	for _, token := range si.tokens {
		consider(t.token(w, token, si.signature, sd.certificates))
	}
	for _, counter := range si.counters {
		consider(t.counter(w, counter, si.signature, sd.certificates))
	}
	return best, flags
}

// errForged means that a time stamp is of something else, or not signed by whom it says.
var errForged = errors.New("the time stamp does not verify")

// token checks an RFC 3161 time stamp of a signature.
func (t *trust) token(w *work, der, signature []byte, others []*x509.Certificate) (*stamp, error) {
	sd, _, err := readSignedData(der)
	if err != nil {
		return nil, fmt.Errorf("read time stamp: %w", err)
	}
	if err := sd.readCertificates(); err != nil {
		return nil, fmt.Errorf("read time stamp: %w", err)
	}
	if sd.contentType != oidTSTInfo || len(sd.signers) != 1 {
		return nil, errors.New("read time stamp: not a time stamp by one signer")
	}
	p := parse(sd.content)
	info := p.enter(tagSequence, "time stamp")
	info.take(tagInteger, "version")
	info.take(tagOID, "policy")
	imprint := info.enter(tagSequence, "imprint")
	oid, _ := imprint.algorithm("imprint's algorithm")
	digest := imprint.take(tagOctetString, "imprint").body
	info.take(tagInteger, "serial number")
	at := info.time("time")
	if *p.err != nil {
		return nil, fmt.Errorf("read time stamp: %w", *p.err)
	}
	hash := hashOf(oid)
	if hash == 0 {
		return nil, fmt.Errorf("%w: digest algorithm is not accepted", errForged)
	}
	h := hash.New()
	h.Write(signature)
	if !bytes.Equal(h.Sum(nil), digest) {
		return nil, fmt.Errorf("%w: of another signature", errForged)
	}
	leaf, err := sd.verify(&sd.signers[0])
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errForged, err)
	}
	return t.stamp(w, leaf, append(sd.certificates, others...), at)
}

// counter checks a legacy time stamp, which is a signature over the signature.
func (t *trust) counter(w *work, der, signature []byte, certificates []*x509.Certificate) (*stamp, error) {
	p := parse(der)
	si := readSigner(p.take(tagSequence, "time stamp"), p.err)
	if *p.err != nil {
		return nil, fmt.Errorf("read time stamp: %w", *p.err)
	}
	if si.contentType != oidData || si.signingTime.IsZero() {
		return nil, errors.New("read time stamp: without a time")
	}
	leaf, err := verifySigner(&si, signature, certificates)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errForged, err)
	}
	return t.stamp(w, leaf, certificates, si.signingTime)
}

// stamp checks who stamped, at the time of the stamp.
func (t *trust) stamp(w *work, leaf *x509.Certificate, others []*x509.Certificate, at time.Time) (*stamp, error) {
	found, err := t.chain(w, leaf, others, at, x509.ExtKeyUsageTimeStamping)
	if err != nil {
		return nil, err
	}
	return &stamp{at: at, by: leaf.Subject.CommonName, path: found}, nil
}
