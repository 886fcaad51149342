package wine_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// A signer is a certificate for signing code, under a root of its own.
type signer struct {
	folder string // of cert.pem and key.pem
	root   []byte // DER
}

// newSigner makes a certificate in somebody's name.
func (s *server) newSigner(name string) *signer {
	s.t.Helper()
	rootKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	s.check(err)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	s.check(err)
	template := func(serial int64, name string) *x509.Certificate {
		return &x509.Certificate{
			SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name, Organization: []string{name}},
			NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(240 * time.Hour), BasicConstraintsValid: true,
		}
	}
	root, leaf := template(1, name+" Root"), template(2, name)
	root.IsCA, root.KeyUsage = true, x509.KeyUsageCertSign
	leaf.ExtKeyUsage, leaf.KeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning}, x509.KeyUsageDigitalSignature
	made := &signer{folder: s.t.TempDir()}
	made.root, err = x509.CreateCertificate(rand.Reader, root, root, rootKey.Public(), rootKey)
	s.check(err)
	der, err := x509.CreateCertificate(rand.Reader, leaf, root, key.Public(), rootKey)
	s.check(err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	s.check(err)
	for file, block := range map[string]*pem.Block{
		"cert.pem": {Type: "CERTIFICATE", Bytes: der}, "key.pem": {Type: "PRIVATE KEY", Bytes: private},
	} {
		s.check(os.WriteFile(filepath.Join(made.folder, file), pem.EncodeToMemory(block), 0o600))
	}
	return made
}

// sign gives a file that somebody has signed.
func (s *server) sign(by *signer, file string) []byte {
	s.t.Helper()
	signed := filepath.Join(s.t.TempDir(), "signed"+filepath.Ext(file))
	s.ran(exec.Command("osslsigncode", "sign", "-certs", filepath.Join(by.folder, "cert.pem"), "-key", filepath.Join(by.folder, "key.pem"),
		"-in", file, "-out", signed))
	text, err := os.ReadFile(signed)
	s.check(err)
	return text
}

// trust puts a signer's root into the server's store of roots.
func (s *server) trust(signer *signer) {
	s.t.Helper()
	const certificate = 32
	blob := binary.LittleEndian.AppendUint32(nil, certificate)
	blob = binary.LittleEndian.AppendUint32(blob, 1)
	blob = binary.LittleEndian.AppendUint32(blob, uint32(len(signer.root)))
	blob = append(blob, signer.root...)
	var octets []string
	for _, octet := range blob {
		octets = append(octets, hex.EncodeToString([]byte{octet}))
	}
	thumbprint := sha1.Sum(signer.root)
	s.reg(fmt.Sprintf("[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\SystemCertificates\\ROOT\\Certificates\\%X]\n\"Blob\"=hex:%s",
		thumbprint, strings.Join(octets, ",")))
}
