package authenticode

import (
	"crypto/sha256"
	"crypto/x509"
	"embed"
	"encoding/hex"
	"fmt"
	"strings"
)

//go:embed roots/*.der
var rootFiles embed.FS

// HostStore is the anchor of a chain that ends at a root of the host's own certificate stores. Whoever
// administers the host can add one.
const HostStore = "host-store"

// An anchor is a root certificate that is trusted whatever the host's stores say.
type anchor struct {
	name        string // "microsoft-2010"
	certificate *x509.Certificate
}

// pins are the roots Microsoft signs its own code under, by the SHA-256 of their certificates.
func pins() map[string]string {
	return map[string]string{
		"microsoft-2010": "df545bf919a2439c36983b54cdfc903dfa4f37d3996d8d84b4c31eec6f3c163e",
		"microsoft-2011": "847df6a78497943f27fc72eb93f9a637320a02b561d0a91b09e87a7807ed7c61",
		"microsoft-2001": "885de64c340e3ea70658f01e1145f957fcda27aabeea1ab9faa9fdb0102d4077",
		"microsoft-1997": "f38406e540d7a9d90cb4a9479299640ffb6df9e224ecc7a01c0d9558d8dad77d",
	}
}

// pinnedRoots reads the roots that are part of the program, and refuses any that is not the one pinned.
func pinnedRoots() ([]anchor, error) {
	var anchors []anchor
	for name, want := range pins() {
		der, err := rootFiles.ReadFile("roots/" + name + ".der")
		if err != nil {
			return nil, fmt.Errorf("read root %q: %w", name, err)
		}
		if sum := sha256.Sum256(der); hex.EncodeToString(sum[:]) != want {
			return nil, fmt.Errorf("read root %q: not the certificate that is pinned", name)
		}
		certificate, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("read root %q: %w", name, err)
		}
		anchors = append(anchors, anchor{name, certificate})
	}
	return anchors, nil
}

// byMicrosoft reports whether a certificate's subject is Microsoft itself: one organisation, of exactly its
// name, and one common name. It says nothing about who issued the certificate.
func byMicrosoft(certificate *x509.Certificate) bool {
	subject := certificate.Subject
	organisations, names := 0, 0
	for _, attribute := range subject.Names {
		switch attribute.Type.String() {
		case "2.5.4.10":
			organisations++
		case "2.5.4.3":
			names++
		}
	}
	return organisations == 1 && names == 1 && len(subject.Organization) == 1 && subject.Organization[0] == "Microsoft Corporation"
}

// forOthers reports whether Microsoft uses a certificate to sign what others wrote: drivers it tested, early
// anti-malware drivers, third-party libraries it ships.
func forOthers(certificate *x509.Certificate) bool {
	for _, name := range []string{
		"Microsoft Windows Hardware Compatibility Publisher",
		"Microsoft Windows Hardware Abstraction Layer Publisher",
		"Microsoft Windows Early Launch Anti-malware Publisher",
		"Microsoft Windows Software Compatibility Publisher",
		"Microsoft 3rd Party Application Component",
	} {
		if strings.EqualFold(strings.TrimSpace(certificate.Subject.CommonName), name) {
			return true
		}
	}
	return false
}
