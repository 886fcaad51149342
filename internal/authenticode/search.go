package authenticode

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // what Microsoft signed with until 2015
	"crypto/x509"
	"slices"
	"time"
)

// A work counts what was done for one file, and remembers it.
type work struct {
	checks int                           // signatures checked so far
	steps  int                           // chains begun so far
	signed map[[2]*x509.Certificate]bool // whether the first is signed by the second
}

func newWork() *work { return &work{signed: map[[2]*x509.Certificate]bool{}} }

// A search looks for a chain to a pinned root or, if not pinned, to one of the host's. Microsoft's chains were
// signed over SHA-1 until 2015, which crypto/x509 refuses: only under a pinned root such links are taken.
type search struct {
	trust  *trust
	work   *work
	others []*x509.Certificate
	at     time.Time
	usage  x509.ExtKeyUsage
	pinned bool
}

// allows reports whether a certificate may begin a chain: under a pinned root, and for time stamps, only one made
// for the purpose; under the host's also one made for any.
func (s *search) allows(leaf *x509.Certificate) bool {
	if slices.Contains(leaf.ExtKeyUsage, s.usage) {
		return true
	}
	any := len(leaf.ExtKeyUsage)+len(leaf.UnknownExtKeyUsage) == 0 || slices.Contains(leaf.ExtKeyUsage, x509.ExtKeyUsageAny)
	return any && !s.pinned && s.usage != x509.ExtKeyUsageTimeStamping
}

// from finishes a chain, or returns nil.
func (s *search) from(chain []*x509.Certificate) []*x509.Certificate {
	last := chain[len(chain)-1]
	if s.work.steps++; s.work.steps > maxSteps || len(chain) >= maxPath || !s.fits(last, len(chain)-2) {
		return nil
	}
	for _, root := range s.roots(last.RawIssuer) {
		if s.fits(root, len(chain)-1) && s.signed(last, root) {
			return append(chain, root)
		}
	}
	for _, other := range s.others {
		if other.IsCA && !slices.ContainsFunc(chain, other.Equal) && s.signed(last, other) {
			if found := s.from(append(chain[:len(chain):len(chain)], other)); found != nil {
				return found
			}
		}
	}
	return nil
}

// roots lists the roots of a name.
func (s *search) roots(subject []byte) []*x509.Certificate {
	if !s.pinned {
		return s.trust.host[string(subject)]
	}
	var roots []*x509.Certificate
	for _, root := range s.trust.pinned {
		if bytes.Equal(root.certificate.RawSubject, subject) {
			roots = append(roots, root.certificate)
		}
	}
	return roots
}

// fits reports whether a certificate may be in the chain, below being the number of issuing certificates
// between it and the leaf; -1 for the leaf itself.
func (s *search) fits(c *x509.Certificate, below int) bool {
	if s.at.Before(c.NotBefore) || s.at.After(c.NotAfter) || len(c.UnhandledCriticalExtensions) > 0 {
		return false
	}
	if below < 0 {
		return true
	}
	// The root of 1997 is older than basic constraints; that it is pinned says what it is for.
	if !c.IsCA && s.trust.name(c) == "" || c.MaxPathLenZero && below > 0 || c.MaxPathLen > 0 && below > c.MaxPathLen {
		return false
	}
	if c.KeyUsage != 0 && c.KeyUsage&x509.KeyUsageCertSign == 0 {
		return false
	}
	return len(c.ExtKeyUsage)+len(c.UnknownExtKeyUsage) == 0 || slices.Contains(c.ExtKeyUsage, s.usage) || slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageAny)
}

// legacy reports whether a certificate is signed over SHA-1.
func legacy(c *x509.Certificate) bool { return c.SignatureAlgorithm == x509.SHA1WithRSA }

// signed reports whether a certificate is signed by another, in a way that is accepted.
func (s *search) signed(c, by *x509.Certificate) bool {
	if !bytes.Equal(c.RawIssuer, by.RawSubject) || legacy(c) && !s.pinned {
		return false
	}
	pair := [2]*x509.Certificate{c, by}
	if known, ok := s.work.signed[pair]; ok {
		return known
	}
	if s.work.checks++; s.work.checks > maxChecks {
		return false
	}
	good := false
	if key, ok := by.PublicKey.(*rsa.PublicKey); ok && legacy(c) {
		sum := sha1.Sum(c.RawTBSCertificate) //nolint:gosec // as above
		good = rsa.VerifyPKCS1v15(key, crypto.SHA1, sum[:], c.Signature) == nil
	} else if !legacy(c) {
		good = by.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
	}
	s.work.signed[pair] = good
	return good
}
