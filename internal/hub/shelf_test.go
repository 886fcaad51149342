package hub

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/exvet/exvet/bundles"
)

// unsignedBundle builds the example of an organisation's bundle.
func unsignedBundle(t *testing.T, serial int) []byte {
	t.Helper()
	loaded, err := bundles.Load(t.Context(), filepath.Join("..", "..", "bundles", "example"))
	if err != nil {
		t.Fatal(err)
	}
	archive, _, err := loaded.Build(t.Context(), bundles.BuildOptions{Serial: serial, Revision: "r" + strconv.Itoa(serial), BuiltAt: time.Unix(1764000000, 0)})
	if err != nil {
		t.Fatal(err)
	}
	return archive
}

// signedBundle signs one with a key of the test's own.
func signedBundle(t *testing.T, serial int) []byte {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	key, err := bundles.ReadSigningKey(file, "ES256")
	if err != nil {
		t.Fatal(err)
	}
	signed, err := bundles.Sign(t.Context(), "acme", unsignedBundle(t, serial), key, "acme-2026", "prod")
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// TestBundles: agents fetch with an ETag; canary is promoted to stable; what agents would refuse is refused.
func TestBundles(t *testing.T) {
	hub := start(t, Options{})
	ex01 := hub.enrol(t, "EX01")
	admin := hub.admin(t)
	seven, eight := signedBundle(t, 7), signedBundle(t, 8)
	put := func(path string, content []byte) int {
		t.Helper()
		return hub.ask(t, admin, "PUT", "/bundles/"+path, http.Header{"Origin": {hub.url}, "Sec-Fetch-Site": {"same-origin"}}, content, nil)
	}
	get := func(path, etag string) (int, string, []byte) {
		t.Helper()
		request, err := http.NewRequest("GET", hub.url+"/bundles/"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header = http.Header{"Authorization": {"Bearer " + ex01.token}, "If-None-Match": {etag}, "Prefer": {"modes=snapshot,delta"}}
		response, err := hub.client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, response.Header.Get("ETag"), body
	}
	if got := put("canary/acme.tar.gz", seven); got != 200 {
		t.Fatalf("put: %d", got)
	}
	status, etag, body := get("canary/acme.tar.gz", "")
	if status != 200 || !bytes.Equal(body, seven) || etag == "" {
		t.Fatalf("get: %d, %d bytes, ETag %s", status, len(body), etag)
	}
	if status, _, body := get("canary/acme.tar.gz", etag); status != 304 || len(body) > 0 {
		t.Errorf("unchanged: %d, %d bytes", status, len(body))
	}
	if status, _, _ := get("stable/acme.tar.gz", ""); status != 404 {
		t.Errorf("before it was promoted: %d", status)
	}
	promote := func(digest string) int {
		return hub.post(t, admin, "/bundles/promote", url.Values{"file": {"acme.tar.gz"}, "digest": {digest}})
	}
	if got := promote(strings.Trim(etag, `"`)); got != http.StatusSeeOther {
		t.Errorf("promote: %d", got)
	}
	if status, stable, _ := get("stable/acme.tar.gz", ""); status != 200 || stable != etag {
		t.Errorf("after it was promoted: %d, %s", status, stable)
	}
	if got := put("canary/acme.tar.gz", eight); got != 200 {
		t.Errorf("a newer one: %d", got)
	}
	if status, fresh, _ := get("canary/acme.tar.gz", etag); status != 200 || fresh == etag {
		t.Errorf("the newer one: %d, %s", status, fresh)
	}
	if page := hub.page(t, admin, "/bundles"); !strings.Contains(page, "Promote serial 8 from canary to stable") {
		t.Error("the page does not offer to promote serial 8")
	}
	promote(strings.Trim(etag, `"`)) // what was looked at is no longer there
	if _, stable, _ := get("stable/acme.tar.gz", ""); stable != etag {
		t.Error("another bundle than the one looked at was promoted")
	}
	for name, content := range map[string][]byte{"an older serial": seven, "no bundle": []byte("hello"), "unsigned": unsignedBundle(t, 9)} {
		if got := put("canary/acme.tar.gz", content); got != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d, want 422", name, got)
		}
	}
	// Back: the older sources with a serial above, and what stable served before is named.
	for _, path := range []string{"canary/acme.tar.gz", "stable/acme.tar.gz"} {
		if got := put(path, signedBundle(t, 9)); got != 200 {
			t.Errorf("back by a higher serial: %d", got)
		}
	}
	if page := hub.page(t, admin, "/bundles"); !strings.Contains(page, "serial 7, revision") {
		t.Error("the page does not say what stable served before")
	}
	for _, path := range []string{"../hub.db", "canary/../../hub.db", ".history/stable/acme.tar.gz/x.tar.gz", "canary/.new", "hub.db", "canary/%2e%2e/%2e%2e/hub.db"} {
		if status, _, _ := get(path, ""); status != 404 && status != 301 && status != 307 {
			t.Errorf("%s: %d", path, status)
		}
	}
}
