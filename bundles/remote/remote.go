// Package remote fetches and publishes the bytes of bundles: from and to OCI registries and web servers. It believes nothing it fetches.
package remote

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/exvet/exvet"
)

// Options say how addresses are talked to.
type Options struct {
	PlainHTTP bool           // without TLS, with any host; else with loopback alone
	Limit     int64          // largest size of a bundle, in bytes
	Roots     *x509.CertPool // authorities that vouch for servers, nil for those of the system
	Token     string         // a web server is shown, as Authorization: Bearer; "" for none
}

// timeout is how long one bundle may take.
const timeout = 2 * time.Minute

// A Label is what a registry shows of a bundle beside its bytes.
type Label struct {
	Name     string
	Revision string
	BuiltAt  time.Time
}

// IsAddress reports whether a name is the address of a bundle rather than a local path: oci://HOST/REPOSITORY:TAG, https://... or http://...
func IsAddress(name string) bool {
	scheme, _, ok := strings.Cut(name, "://")
	return ok && (scheme == "oci" || scheme == "https" || scheme == "http")
}

// Fetch gives the bytes of the bundle at an address.
func (o Options) Fetch(ctx context.Context, address string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	at, err := o.parse(address)
	if err != nil {
		return nil, err
	}
	if at.Scheme == "oci" {
		content, err := o.pull(ctx, at)
		return content, failed("fetch", at, err)
	}
	content, err := o.get(ctx, at)
	return content, failed("fetch", at, err)
}

// Publish puts a bundle at an address and gives the address that will always name these bytes, where there is one.
func (o Options) Publish(ctx context.Context, address string, bundle []byte, label Label) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	at, err := o.parse(address)
	if err != nil {
		return "", err
	}
	if at.Scheme == "oci" {
		pinned, err := o.push(ctx, at, bundle, label)
		return pinned, failed("publish", at, err)
	}
	return "", failed("publish", at, o.put(ctx, at, bundle))
}

// parse refuses addresses that would send a bundle, or credentials, in the clear to another machine.
func (o Options) parse(address string) (*url.URL, error) {
	at, err := url.Parse(address)
	if err != nil || at.Host == "" || !IsAddress(address) {
		return nil, exvet.Refuse("bundle/address", "%q is no address of a bundle; write oci://HOST/REPOSITORY:TAG or https://HOST/PATH", Redact(address))
	}
	return at, o.checkPlain(at)
}

func (o Options) checkPlain(at *url.URL) error {
	if at.Scheme == "http" && !o.PlainHTTP && !loopback(at.Hostname()) {
		return exvet.Refuse("bundle/address", "%s is not encrypted; use https, or pass --plain-http", at.Redacted())
	}
	return nil
}

// Redact leaves the password out of an address.
func Redact(address string) string {
	if at, err := url.Parse(address); err == nil {
		return at.Redacted()
	}
	scheme, rest, ok := strings.Cut(address, "://")
	if i := strings.LastIndexByte(rest, '@'); ok && i >= 0 {
		return scheme + "://xxxxx" + rest[i:]
	}
	return address
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// client keeps to the proxies of the environment, verifies certificates, and follows no redirect into the clear.
func (o Options) client() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = timeout / 4
	if o.Roots != nil {
		transport.TLSClientConfig = &tls.Config{RootCAs: o.Roots, MinVersion: tls.VersionTLS12}
	}
	return &http.Client{Transport: transport, CheckRedirect: func(next *http.Request, via []*http.Request) error {
		if len(via) >= 10 {
			return errors.New("more than 10 redirects")
		}
		return o.checkPlain(next.URL)
	}}
}

var errTooLarge = errors.New("too large")

// A status is the answer of a server that is no bundle.
type status int

func (s status) Error() string {
	return fmt.Sprintf("the server answered %d %s", int(s), http.StatusText(int(s)))
}

// A refused is such an answer with the reason the server gave: {"error": TEXT}, as a hub does.
type refused struct {
	status

	said string
}

func (r refused) Error() string { return fmt.Sprintf("%s: %q", r.status.Error(), r.said) }

func (r refused) Unwrap() error { return r.status }

// failed gives an error its reason and exit code: what is not there or not allowed is bad input, all else a failure.
func failed(what string, at *url.URL, err error) error {
	if err == nil {
		return nil
	}
	var refusal *exvet.Refusal
	if errors.As(err, &refusal) {
		return refusal
	}
	if wrapped := (*url.Error)(nil); errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	name := at.Redacted()
	var answer status
	switch errors.As(err, &answer); {
	case errors.Is(err, errTooLarge):
		return exvet.Refuse("bundle/too-large", "%s is larger than a bundle may be", name)
	case answer == http.StatusNotFound, answer == http.StatusGone:
		return exvet.Refuse("bundle/not-found", "%s does not exist; %w", name, err)
	case answer == http.StatusUnauthorized, answer == http.StatusForbidden:
		return exvet.Refuse("bundle/denied", "%s: %w; log in with docker login, put USER:PASSWORD@ before the host, or pass --token-file", name, err)
	case answer == http.StatusUnprocessableEntity:
		return exvet.Refuse("bundle/refused", "%s: %w", name, err)
	}
	if unknown := (x509.UnknownAuthorityError{}); errors.As(err, &unknown) {
		err = fmt.Errorf("%w; name the authority that signed the server's certificate: --ca FILE", err)
	}
	return &exvet.Refusal{Code: exvet.ExitFailure, Reason: "bundle/unreachable", Err: fmt.Errorf("%s %s: %w", what, name, err)}
}
