package agent

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"sync"

	"github.com/open-policy-agent/opa/v1/plugins/rest"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/bundles"
)

// A service is how OPA talks to one service: with the credentials and certificates of its configuration, and never taking
// more than a bundle may hold. It keeps the archive that came last for the guard, which OPA gives no bytes.
type service struct {
	rest.HTTPAuthPlugin

	config  rest.Config
	fetched *fetched
}

// Start does nothing: a service is there when it is asked.
func (s *service) Start(context.Context) error { return nil }

// Stop does nothing.
func (s *service) Stop(context.Context) {}

// Reconfigure does nothing: what is discovered changes no service.
func (s *service) Reconfigure(context.Context, any) {}

// NewClient gives OPA's own client, bounded.
func (s *service) NewClient(rest.Config) (*http.Client, error) {
	client, err := s.HTTPAuthPlugin.NewClient(s.config)
	if err != nil {
		return nil, err
	}
	base := client.Transport
	if base == nil {
		base = http.DefaultTransport
	}
	client.Transport = &bounded{base: base, fetched: s.fetched}
	return client, nil
}

// bounded hands on answers that are no larger than a bundle may be.
type bounded struct {
	base    http.RoundTripper
	fetched *fetched
}

// maxAnswer is the largest answer that is no archive.
const maxAnswer = 4 << 20

// RoundTrip refuses an archive that is too large, packed or unpacked, before OPA reads any of it.
func (b *bounded) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := b.base.RoundTrip(request)
	if err != nil || request.Method != http.MethodGet || response.StatusCode != http.StatusOK {
		return response, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(io.LimitReader(response.Body, bundles.MaxArchive+1))
	if err != nil {
		return nil, fmt.Errorf("agent/network: %w", err)
	}
	packed := bytes.HasPrefix(content, []byte{0x1f, 0x8b})
	switch {
	case len(content) > bundles.MaxArchive, !packed && len(content) > maxAnswer:
		return nil, exvet.Refuse("bundle/too-large", "%s is larger than a bundle may be: %d MiB", request.URL.Redacted(), bundles.MaxArchive>>20)
	case packed:
		if err := bundles.Fits(request.Context(), request.URL.Redacted(), content); err != nil {
			return nil, err
		}
		b.fetched.put(content)
	}
	response.Body = io.NopCloser(bytes.NewReader(content))
	return response, nil
}

// fetched is the archive that came last. Bundles are asked for one after the other, so it is that of the bundle OPA is about to
// activate; were it not, its key and scope would not fit.
type fetched struct {
	folder string // of OPA's registry cache

	lock sync.Mutex
	last []byte
}

func (f *fetched) put(archive []byte) {
	f.lock.Lock()
	defer f.lock.Unlock()
	f.last = archive
}

var digest = regexp.MustCompile(`^[0-9a-f]{64}$`)

// take gives the archive OPA has read: of a registry the one its cache holds under the etag, which is its digest.
func (f *fetched) take(etag string) ([]byte, error) {
	f.lock.Lock()
	last := f.last
	f.last = nil
	f.lock.Unlock()
	if digest.MatchString(etag) && sum(last) != etag {
		cached, err := readLimited(filepath.Join(f.folder, "blobs", "sha256", etag), bundles.MaxArchive)
		if err == nil && sum(cached) == etag {
			return cached, nil
		}
	}
	if last == nil {
		return nil, errors.New("agent/archive: OPA holds a bundle whose archive is gone; it is fetched again")
	}
	return last, nil
}

func sum(content []byte) string {
	hash := sha256.Sum256(content)
	return hex.EncodeToString(hash[:])
}
