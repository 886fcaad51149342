package authenticode

import (
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// What chains may ask for.
const (
	maxPath   = 6     // certificates, with the root
	maxChecks = 128   // signatures of certificates, for one file: some kinds cost a millisecond each
	maxSteps  = 4_096 // chains begun, for one file: certificates that sign one another make very many
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
	host   map[string][]*x509.Certificate // the host's own roots, by raw subject
	denied []Denial
	known  *memory
}

// A path is a good chain.
type path struct {
	anchor string // name of a pinned root, or HostStore
	pinned bool
	legacy bool // a link is signed over SHA-1

	from, to time.Time // all certificates are valid then
}

// newTrust trusts the pinned roots, and the host's as the host's.
func newTrust(pinned []anchor, host []*x509.Certificate, denied []Denial) *trust {
	t := &trust{pinned: pinned, host: map[string][]*x509.Certificate{}, denied: denied, known: &memory{}}
	for _, root := range host {
		t.host[string(root.RawSubject)] = append(t.host[string(root.RawSubject)], root)
	}
	return t
}

// chain finds a good chain from a certificate for a usage at a time; others are certificates it may lead
// through. Its errors wrap errDenied, errExpired (there is one, at another time) or errUntrusted.
func (t *trust) chain(w *work, leaf *x509.Certificate, others []*x509.Certificate, at time.Time, usage x509.ExtKeyUsage) (path, error) {
	asked := question(leaf, others, usage)
	if found, ok := t.known.recall(asked, at); ok {
		return found, nil
	}
	found, err := t.chainAt(w, leaf, others, at, usage)
	if err == nil {
		kept := found
		if !kept.pinned {
			kept.from, kept.to = at, at
		}
		t.known.keep(asked, kept)
	}
	if errors.Is(err, errUntrusted) {
		if _, other := t.chainAt(w, leaf, others, leaf.NotAfter.Add(-time.Second), usage); other == nil {
			return path{}, fmt.Errorf("%w: valid from %s to %s", errExpired, leaf.NotBefore.UTC().Format(time.DateOnly), leaf.NotAfter.UTC().Format(time.DateOnly))
		}
	}
	return found, err
}

func (t *trust) chainAt(w *work, leaf *x509.Certificate, others []*x509.Certificate, at time.Time, usage x509.ExtKeyUsage) (path, error) {
	s := search{trust: t, work: w, others: others, at: at, usage: usage}
	for _, s.pinned = range []bool{true, false} {
		if !s.allows(leaf) {
			continue
		}
		chain := s.from([]*x509.Certificate{leaf})
		if chain == nil {
			continue
		}
		found := path{pinned: s.pinned, legacy: slices.ContainsFunc(chain[:len(chain)-1], legacy)}
		if found.legacy {
			return t.allowed([][]*x509.Certificate{chain}, found)
		}
		// crypto/x509 has the last word, on this chain alone: it knows more rules, and no bound on what it tries.
		options := x509.VerifyOptions{Intermediates: x509.NewCertPool(), Roots: x509.NewCertPool(), CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{usage}}
		options.Roots.AddCert(chain[len(chain)-1])
		for _, link := range chain[1 : len(chain)-1] {
			options.Intermediates.AddCert(link)
		}
		if chains, err := leaf.Verify(options); err == nil {
			return t.allowed(chains, found)
		}
	}
	if w.checks > maxChecks || w.steps > maxSteps {
		return path{}, fmt.Errorf("%w: too many certificates to try", errUntrusted)
	}
	return path{}, errUntrusted
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
		found.from, found.to = chain[0].NotBefore, chain[0].NotAfter
		for _, certificate := range chain[1:] {
			if certificate.NotBefore.After(found.from) {
				found.from = certificate.NotBefore
			}
			if certificate.NotAfter.Before(found.to) {
				found.to = certificate.NotAfter
			}
		}
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
