package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/exvet/exvet"
)

// authority makes an authority of its own and a certificate it gives to 127.0.0.1, as files in PEM.
func authority(t *testing.T) (ca, certificate, key string) {
	t.Helper()
	folder := t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	write := func(name, kind string, content []byte) string {
		file := filepath.Join(folder, name)
		must(os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}), 0o600))
		return file
	}
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Acme authority"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	rootKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	signed, err := x509.CreateCertificate(rand.Reader, root, root, rootKey.Public(), rootKey)
	must(err)
	ca = write("ca.pem", "CERTIFICATE", signed)
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "bundles"}, NotBefore: root.NotBefore, NotAfter: root.NotAfter,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	leafKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	signed, err = x509.CreateCertificate(rand.Reader, leaf, root, leafKey.Public(), rootKey)
	must(err)
	secret, err := x509.MarshalPKCS8PrivateKey(leafKey)
	must(err)
	return ca, write("server.pem", "CERTIFICATE", signed), write("server.key", "PRIVATE KEY", secret)
}

// TestWebServerTLS: https, with an authority the system does not know, which is named; without it nothing is fetched.
func TestWebServerTLS(t *testing.T) {
	l := newLab(t)
	ca, certificate, key := authority(t)
	pair, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		t.Fatal(err)
	}
	var lock sync.Mutex
	var kept []byte
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lock.Lock()
		defer lock.Unlock()
		if r.Method == http.MethodPut {
			kept, _ = io.ReadAll(r.Body)
			w.WriteHeader(http.StatusCreated)
			return
		}
		_, _ = io.Copy(w, bytes.NewReader(kept))
	}))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	server.Config.ErrorLog = nil
	server.StartTLS()
	defer server.Close()
	address := server.URL + "/acme.tar.gz"
	refuses(t, exvet.ExitFailure, "bundle/unreachable", "bundle", "push", l.file("acme.tar.gz"), address)
	if kept != nil {
		t.Error("the bundle was sent to a server nobody vouches for")
	}
	exits0(t, "bundle", "push", l.file("acme.tar.gz"), address, "--ca", ca)
	exits0(t, "bundle", "pull", address, "--ca", ca, "--output", l.file("pulled.tar.gz"), "--verification-key", l.file("acme.pub"))
	sameFile(t, l.file("acme.tar.gz"), l.file("pulled.tar.gz"))
	if report := exits0(t, "scan", healthy, "--bundle", address, "--ca", ca, "--verification-key", l.file("acme.pub")); !strings.Contains(report, "ORG-ACME-001") {
		t.Errorf("the report lacks the organisation's rule: %s", report)
	}
	_, _, stderr := exvetRun("scan", healthy, "--bundle", address, "--verification-key", l.file("acme.pub"))
	if !strings.Contains(stderr, "--ca FILE") {
		t.Errorf("got %q, want it to say how to name the authority", stderr)
	}
	refuses(t, exvet.ExitInput, "usage/ca", "bundle", "pull", address, "--output", l.file("x"), "--ca", l.file("acme.pub"))
	refuses(t, exvet.ExitInput, "usage/ca", "bundle", "pull", address, "--output", l.file("x"), "--ca", l.file("none.pem"))
}

// TestRegistryTLS: the same with a registry.
func TestRegistryTLS(t *testing.T) {
	l := newLab(t)
	ca, certificate, key := authority(t)
	address := startRegistry(t, certificate, key)
	log := t.TempDir()
	t.Setenv("DOCKER_CONFIG", log)
	login := fmt.Sprintf(`{"auths": {%q: {"auth": %q}}}`, address, base64.StdEncoding.EncodeToString([]byte("lab:lab")))
	if err := os.WriteFile(filepath.Join(log, "config.json"), []byte(login), 0o600); err != nil {
		t.Fatal(err)
	}
	latest := "oci://" + address + "/exvet/acme:stable"
	exits0(t, "bundle", "push", l.file("acme.tar.gz"), latest, "--ca", ca)
	exits0(t, "bundle", "pull", latest, "--ca", ca, "--output", l.file("pulled.tar.gz"), "--verification-key", l.file("acme.pub"))
	sameFile(t, l.file("acme.tar.gz"), l.file("pulled.tar.gz"))
	other, _, _ := authority(t)
	refuses(t, exvet.ExitFailure, "bundle/unreachable", "bundle", "pull", latest, "--ca", other, "--output", l.file("x"))
}
