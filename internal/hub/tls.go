package hub

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/hub/access"
)

// prepare fills in what was not said, and refuses what cannot be served.
func (h *Hub) prepare() error {
	host, port, err := net.SplitHostPort(h.Listen)
	if err != nil {
		return exvet.Refuse("hub/listen", "--listen %q: write an address and a port, as 127.0.0.1:8443", h.Listen)
	}
	if (h.Certificate == "") != (h.Key == "") {
		return exvet.Refuse("hub/certificate", "--tls-certificate and --tls-key go together")
	}
	ip := net.ParseIP(host)
	if h.Certificate == "" && len(h.Hostnames) == 0 && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return exvet.Refuse("hub/certificate", "--listen %s is open to others: name a certificate by --tls-certificate and --tls-key, or by --hostname "+
			"what the hub is called, for one of its own", h.Listen)
	}
	if h.proxies, err = readProxies(h.Proxies); err != nil {
		return err
	}
	if err := os.MkdirAll(h.Data, 0o700); err != nil {
		return fmt.Errorf("make the hub's directory: %w", err)
	}
	if h.Database == "" {
		h.Database = filepath.Join(h.Data, "hub.db")
	}
	if h.Bundles == "" {
		h.Bundles = filepath.Join(h.Data, "bundles")
	}
	if h.URL == "" {
		if len(h.Hostnames) > 0 {
			host = h.Hostnames[0]
		}
		h.URL = "https://" + net.JoinHostPort(host, port)
	}
	h.URL = strings.TrimRight(h.URL, "/")
	return nil
}

// agentAuthority is the authority that issues agents' certificates: one for all hubs of a database.
func (h *Hub) agentAuthority(ctx context.Context) (*access.Authority, error) {
	text, err := h.DB.Secret(ctx, "agents", func() ([]byte, error) { return access.MakeAuthority("exvet hub agents", time.Now()) })
	if err != nil {
		return nil, fmt.Errorf("read the authority of agents: %w", err)
	}
	return access.ReadAuthority(text)
}

func (h *Hub) tlsConfig(agents *access.Authority) (*tls.Config, error) {
	pair, err := h.certificate()
	if err != nil {
		return nil, err
	}
	clients := x509.NewCertPool()
	clients.AddCert(agents.Certificate)
	if h.ClientAuthority != "" {
		all, err := access.ReadPool(h.ClientAuthority)
		if err != nil {
			return nil, exvet.Refuse("hub/client-ca", "--client-ca: %w", err)
		}
		for _, each := range all {
			clients.AddCert(each)
		}
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS12, GetCertificate: pair.get, ClientAuth: tls.VerifyClientCertIfGiven, ClientCAs: clients,
		NextProtos: []string{"h2", "http/1.1"},
	}, nil
}

// A pair is a certificate that is read anew when its file changes: renewed ones need no restart.
type pair struct {
	certificate, key string
	current          chan loaded // holds one
}

type loaded struct {
	certificate *tls.Certificate
	changed     time.Time
	looked      time.Time
}

// lookEvery is how often the file is asked for its time.
const lookEvery = 10 * time.Second

func newPair(certificate, key string) (*pair, error) {
	p := &pair{certificate: certificate, key: key, current: make(chan loaded, 1)}
	first, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		return nil, exvet.Refuse("hub/certificate", "%s: %w", certificate, err)
	}
	p.current <- loaded{&first, changed(certificate), time.Now()}
	return p, nil
}

func changed(file string) time.Time {
	info, err := os.Stat(file)
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

func (p *pair) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	now := <-p.current
	defer func() { p.current <- now }()
	if time.Since(now.looked) < lookEvery {
		return now.certificate, nil
	}
	now.looked = time.Now()
	at := changed(p.certificate)
	if at.Equal(now.changed) {
		return now.certificate, nil
	}
	if fresh, err := tls.LoadX509KeyPair(p.certificate, p.key); err == nil { // half written: the old one stays until the next look
		now.certificate, now.changed = &fresh, at
	}
	return now.certificate, nil
}

// certificate reads the one that was named, or the hub's own, which is made where it is missing, ends soon or names other hosts.
func (h *Hub) certificate() (*pair, error) {
	if h.Certificate != "" {
		return newPair(h.Certificate, h.Key)
	}
	hosts := append([]string{}, h.Hostnames...)
	host, _, err := net.SplitHostPort(h.Listen)
	if err != nil {
		return nil, err
	}
	if ip := net.ParseIP(host); host != "" && (ip == nil || !ip.IsUnspecified()) && !slices.Contains(hosts, host) {
		hosts = append(hosts, host)
	}
	if ip := net.ParseIP(host); host == "localhost" || (ip != nil && ip.IsLoopback()) {
		for _, also := range []string{"localhost", "127.0.0.1", "::1"} {
			if !slices.Contains(hosts, also) {
				hosts = append(hosts, also)
			}
		}
	}
	certificate, key := filepath.Join(h.Data, "hub.pem"), filepath.Join(h.Data, "hub-key.pem")
	h.Made = filepath.Join(h.Data, "hub-ca.pem")
	if fits(certificate, hosts) {
		return newPair(certificate, key)
	}
	authority, err := h.ownAuthority()
	if err != nil {
		return nil, err
	}
	public, private, err := authority.ForServer(hosts, time.Now())
	if err != nil {
		return nil, fmt.Errorf("make a certificate: %w", err)
	}
	for file, text := range map[string][]byte{key: private, certificate: public, h.Made: authority.PEM} {
		if err := os.WriteFile(file, text, 0o600); err != nil {
			return nil, fmt.Errorf("make a certificate: %w", err)
		}
	}
	return newPair(certificate, key)
}

// ownAuthority reads or makes the authority of the hub's own certificate: agents that trust it need nothing when that is renewed.
func (h *Hub) ownAuthority() (*access.Authority, error) {
	file := filepath.Join(h.Data, "hub-ca-key.pem")
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		if text, err = access.MakeAuthority("exvet hub", time.Now()); err == nil {
			err = os.WriteFile(file, text, 0o600)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("make a certificate: %w", err)
	}
	return access.ReadAuthority(text)
}

// renewBefore is how long before its end a certificate of the hub's own is made anew.
const renewBefore = 60 * 24 * time.Hour

// fits reports whether the certificate in a file is for all hosts and lasts.
func fits(file string, hosts []string) bool {
	text, err := os.ReadFile(file)
	if err != nil {
		return false
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return false
	}
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil || time.Until(leaf.NotAfter) < renewBefore {
		return false
	}
	for _, host := range hosts {
		if leaf.VerifyHostname(host) != nil {
			return false
		}
	}
	return true
}
