package authenticode

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // what Microsoft signed with before 2016
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
)

// What one chain may ask for.
const (
	maxPath   = 6  // certificates, with the root
	maxChecks = 64 // signatures of certificates
)

var (
	errUntrusted = errors.New("the chain ends at no root that is trusted")
	errExpired   = errors.New("the certificate was not valid at the time")
	errDenied    = errors.New("a certificate is on the deny list")
)

// A Denial names a certificate that vouches for nothing: it was leaked or abused.
type Denial struct {
	Serial string // lower-case hexadecimal, no leading zeros
	Issuer string // common name of who issued it; "" for any
}

// A trust knows which chains are good.
type trust struct {
	pinned []anchor
	pool   *x509.CertPool // the pinned roots
	host   *x509.CertPool // the host's own
	denied []Denial
}

// A path is a good chain.
type path struct {
	anchor string // name of a pinned root, or HostStore
	pinned bool
	legacy bool // a link is signed over SHA-1
}

// newTrust trusts the pinned roots, and the host's as the host's.
func newTrust(pinned []anchor, host []*x509.Certificate, denied []Denial) *trust {
	t := &trust{pinned: pinned, pool: x509.NewCertPool(), host: x509.NewCertPool(), denied: denied}
	for _, root := range pinned {
		t.pool.AddCert(root.certificate)
	}
	for _, root := range host {
		t.host.AddCert(root)
	}
	return t
}

// chain finds a good chain from a certificate for a usage at a time; others are certificates it may lead
// through. Its errors wrap errDenied, errExpired (there is one, at another time) or errUntrusted.
func (t *trust) chain(leaf *x509.Certificate, others []*x509.Certificate, at time.Time, usage x509.ExtKeyUsage) (path, error) {
	found, err := t.chainAt(leaf, others, at, usage)
	if errors.Is(err, errUntrusted) {
		if _, other := t.chainAt(leaf, others, leaf.NotAfter.Add(-time.Second), usage); other == nil {
			return path{}, fmt.Errorf("%w: valid from %s to %s", errExpired, leaf.NotBefore.UTC().Format(time.DateOnly), leaf.NotAfter.UTC().Format(time.DateOnly))
		}
	}
	return found, err
}

func (t *trust) chainAt(leaf *x509.Certificate, others []*x509.Certificate, at time.Time, usage x509.ExtKeyUsage) (path, error) {
	options := x509.VerifyOptions{Intermediates: x509.NewCertPool(), CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{usage}}
	for _, other := range others {
		options.Intermediates.AddCert(other)
	}
	// A pinned root, and every time stamp, takes a certificate made for the purpose; else one for any will do.
	explicit := false
	for _, has := range leaf.ExtKeyUsage {
		explicit = explicit || has == usage
	}
	if explicit {
		options.Roots = t.pool
		if chains, err := leaf.Verify(options); err == nil {
			return t.allowed(chains, path{pinned: true})
		}
		search := legacySearch{trust: t, others: others, at: at, usage: usage}
		if chain := search.from([]*x509.Certificate{leaf}); chain != nil {
			return t.allowed([][]*x509.Certificate{chain}, path{pinned: true, legacy: true})
		}
	}
	if explicit || usage != x509.ExtKeyUsageTimeStamping {
		options.Roots = t.host
		chains, err := leaf.Verify(options)
		if err == nil {
			return t.allowed(chains, path{})
		}
		return path{}, fmt.Errorf("%w: %w", errUntrusted, err)
	}
	return path{}, fmt.Errorf("%w: not made for this purpose", errUntrusted)
}

// allowed takes the first of some good chains that holds no denied certificate.
func (t *trust) allowed(chains [][]*x509.Certificate, found path) (path, error) {
	for _, chain := range chains {
		denied := false
		for _, certificate := range chain {
			denied = denied || t.isDenied(certificate)
		}
		if denied {
			continue
		}
		found.anchor = HostStore
		if found.pinned {
			found.anchor = t.name(chain[len(chain)-1])
		}
		return found, nil
	}
	return path{}, errDenied
}

func (t *trust) isDenied(certificate *x509.Certificate) bool {
	serial := strings.TrimLeft(hex.EncodeToString(certificate.SerialNumber.Bytes()), "0")
	for _, denied := range t.denied {
		if denied.Serial == serial && (denied.Issuer == "" || denied.Issuer == certificate.Issuer.CommonName) {
			return true
		}
	}
	return false
}

// name is the name of a pinned root.
func (t *trust) name(root *x509.Certificate) string {
	for _, pinned := range t.pinned {
		if pinned.certificate.Equal(root) {
			return pinned.name
		}
	}
	return ""
}

// A legacySearch looks for a chain as Microsoft's were until 2015, with links signed over SHA-1, which
// crypto/x509 refuses. It ends at a pinned root only.
type legacySearch struct {
	trust  *trust
	others []*x509.Certificate
	at     time.Time
	usage  x509.ExtKeyUsage
	checks int // signatures checked so far
}

// from finishes a chain, or returns nil.
func (s *legacySearch) from(chain []*x509.Certificate) []*x509.Certificate {
	last := chain[len(chain)-1]
	if len(chain) >= maxPath || !s.fits(last, len(chain)-2) {
		return nil
	}
	for _, root := range s.trust.pinned {
		if s.fits(root.certificate, len(chain)-1) && s.signed(last, root.certificate) {
			return append(chain, root.certificate)
		}
	}
	for _, other := range s.others {
		if !contains(chain, other) && other.IsCA && s.signed(last, other) {
			if found := s.from(append(chain[:len(chain):len(chain)], other)); found != nil {
				return found
			}
		}
	}
	return nil
}

// fits reports whether a certificate may be in the chain, below being the number of issuing certificates
// between it and the leaf; -1 for the leaf itself.
func (s *legacySearch) fits(c *x509.Certificate, below int) bool {
	if s.at.Before(c.NotBefore) || s.at.After(c.NotAfter) || len(c.UnhandledCriticalExtensions) > 0 {
		return false
	}
	if below >= 0 {
		// The root of 1997 is older than basic constraints; that it is pinned says what it is for.
		if !c.IsCA && s.trust.name(c) == "" || c.MaxPathLenZero && below > 0 || c.MaxPathLen > 0 && below > c.MaxPathLen {
			return false
		}
		if c.KeyUsage != 0 && c.KeyUsage&x509.KeyUsageCertSign == 0 {
			return false
		}
	}
	if len(c.ExtKeyUsage) == 0 && len(c.UnknownExtKeyUsage) == 0 {
		return below >= 0
	}
	for _, usage := range c.ExtKeyUsage {
		if usage == s.usage || below >= 0 && usage == x509.ExtKeyUsageAny {
			return true
		}
	}
	return false
}

// signed reports whether a certificate is signed by another, over SHA-1 or better.
func (s *legacySearch) signed(c, by *x509.Certificate) bool {
	if !bytes.Equal(c.RawIssuer, by.RawSubject) || s.checks >= maxChecks {
		return false
	}
	s.checks++
	if c.SignatureAlgorithm != x509.SHA1WithRSA {
		return by.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
	}
	key, ok := by.PublicKey.(*rsa.PublicKey)
	sum := sha1.Sum(c.RawTBSCertificate) //nolint:gosec // as above
	return ok && rsa.VerifyPKCS1v15(key, crypto.SHA1, sum[:], c.Signature) == nil
}

func contains(chain []*x509.Certificate, c *x509.Certificate) bool {
	for _, link := range chain {
		if link.Equal(c) {
			return true
		}
	}
	return false
}
