package agent

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// An authority is one that no system trusts of itself.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t testing.TB) authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	a := authority{key: key}
	a.certificate = a.issue(t, &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Acme Root"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}, nil, key)
	return a
}

// issue signs a certificate for a key: its own where there is no parent.
func (a authority) issue(t testing.TB, template, parent *x509.Certificate, key *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	if template.NotAfter.IsZero() {
		template.NotAfter = time.Now().Add(time.Hour)
	}
	template.NotBefore = template.NotAfter.Add(-24 * time.Hour)
	if parent == nil {
		parent = template
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	issued, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return issued
}

func (a authority) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.certificate.Raw})
}

// server gives what a server at an address shows.
func (a authority) server(t testing.TB, address string, notAfter time.Time) *tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	leaf := a.issue(t, &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "hub"}, IPAddresses: []net.IP{net.ParseIP(address)}, NotAfter: notAfter,
	}, a.certificate, key)
	return &tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: key}
}

// TestBundlesOverTLS fetches from a server whose certificate only the configured authority makes good.
func TestBundlesOverTLS(t *testing.T) {
	h, published, key := newHub(t), newHub(t), newSigner(t)
	ours, theirs := newAuthority(t), newAuthority(t)
	good := ours.server(t, "127.0.0.1", time.Time{})
	var shown atomic.Pointer[tls.Certificate]
	shown.Store(good)
	secure := httptest.NewUnstartedServer(published.Config.Handler)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.TLS = &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		return &tls.Config{Certificates: []tls.Certificate{*shown.Load()}}, nil
	}}
	secure.StartTLS()
	t.Cleanup(secure.Close)

	config := setup(t, h, key, "")
	text, err := os.ReadFile(config.File)
	if err != nil {
		t.Fatal(err)
	}
	written := strings.Replace(string(text), "keys:", fmt.Sprintf("  published: {url: %q, tls: {ca_cert: ca.pem}, credentials: {bearer: {token_path: token}}}\nkeys:", secure.URL), 1)
	write(t, config.File, []byte(strings.Replace(written, "service: hub\n    resource", "service: published\n    resource", 1)))
	write(t, filepath.Join(filepath.Dir(config.File), "ca.pem"), ours.pem())
	write(t, filepath.Join(filepath.Dir(config.File), "token"), []byte("hidden"))
	t.Chdir(t.TempDir()) // a service starts in another folder than that of its configuration
	if config, err = ReadConfig(config.File); err != nil {
		t.Fatal(err)
	}
	a := begin(t, config)
	publish := func(serial int) {
		published.publish("acme", key.sign(t, madeBundle{org: "acme", serial: serial}.archive(t), "acme-1", "exvet-acme"))
		secure.CloseClientConnections() // so that the next poll shakes hands
		a.round(t)
	}
	publish(5)
	if revision, message := h.bundleStatus("acme"); revision != "r5" || message != "" {
		t.Fatalf("active %q (%s), want r5", revision, message)
	}
	for _, test := range []struct {
		name  string
		shown *tls.Certificate
		want  string
	}{
		{"another authority", theirs.server(t, "127.0.0.1", time.Time{}), "unknown authority"},
		{"another server", ours.server(t, "127.0.0.2", time.Time{}), "certificate is valid for 127.0.0.2"},
		{"expired", ours.server(t, "127.0.0.1", time.Now().Add(-time.Hour)), "has expired"},
	} {
		t.Run(test.name, func(t *testing.T) {
			shown.Store(test.shown)
			publish(6)
			revision, message := h.bundleStatus("acme")
			if revision != "r5" || !strings.Contains(message, test.want) {
				t.Errorf("active %q (%s), want r5 and %q", revision, message, test.want)
			}
			if told := a.Status().Bundles[0]; told.Revision != "r5" || !strings.Contains(told.Error, test.want) {
				t.Errorf("status %+v, want r5 and %q", told, test.want)
			}
			if _, err := a.rules.engine(t.Context()); err != nil || a.rules.slots[0].active.Revision != "r5" {
				t.Errorf("the rules no longer answer: %v", err)
			}
		})
	}
	shown.Store(good)
	publish(6)
	if revision, message := h.bundleStatus("acme"); revision != "r6" || message != "" {
		t.Errorf("active %q (%s) after the refusals, want r6", revision, message)
	}
}
