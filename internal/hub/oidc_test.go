package hub

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/exvet/exvet/internal/hub/access"
)

// A provider is an identity provider of the tests' own.
type provider struct {
	*httptest.Server

	key    *rsa.PrivateKey
	claims map[string]any
	nonce  string
}

func newProvider(t *testing.T) *provider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{key: key}
	mux := http.NewServeMux()
	answer := func(w http.ResponseWriter, body any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(body)
	}
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256"}})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"keys": []any{map[string]string{"kty": "RSA", "kid": "k", "alg": "RS256", "use": "sig",
			"n": base64.RawURLEncoding.EncodeToString(key.N.Bytes()), "e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.E)).Bytes())}}})
	})
	mux.HandleFunc("GET /authorize", func(w http.ResponseWriter, r *http.Request) {
		p.nonce = r.URL.Query().Get("nonce")
		http.Redirect(w, r, r.URL.Query().Get("redirect_uri")+"?code=c&state="+url.QueryEscape(r.URL.Query().Get("state")), http.StatusSeeOther)
	})
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		if r.PostFormValue("code_verifier") == "" {
			http.Error(w, "no verifier", http.StatusBadRequest)
			return
		}
		answer(w, map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": p.token(t)})
	})
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

func (p *provider) token(t *testing.T) string {
	t.Helper()
	claims := map[string]any{"iss": p.URL, "aud": "hub", "exp": time.Now().Add(time.Hour).Unix(), "iat": time.Now().Unix(), "nonce": p.nonce}
	for name, value := range p.claims {
		claims[name] = value
	}
	encode := func(v any) string { return base64.RawURLEncoding.EncodeToString(jsonOf(t, v)) }
	signed := encode(map[string]string{"alg": "RS256", "kid": "k"}) + "." + encode(claims)
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, p.key, crypto.SHA256, sum[:])
	if err != nil {
		t.Error(err)
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// TestOIDC: people of an identity provider come in with the role their groups give, and with none not at all.
func TestOIDC(t *testing.T) {
	p := newProvider(t)
	hub := start(t, Options{OIDC: access.OIDCOptions{Issuer: p.URL, ClientID: "hub", ClientSecret: "s", Claim: "groups", Roles: []string{"mail=operator", "helpdesk=viewer"}}})
	logIn := func(claims map[string]any) (*http.Client, int) {
		p.claims = claims
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		client := &http.Client{Transport: hub.client.Transport, Jar: jar, Timeout: 30 * time.Second}
		response, err := client.Get(hub.url + "/oidc/start")
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		return client, response.StatusCode
	}
	client, status := logIn(map[string]any{"sub": "1", "preferred_username": "vera", "groups": []string{"helpdesk"}})
	if status != 200 {
		t.Fatalf("log in: %d", status)
	}
	if got := hub.ask(t, client, "GET", "/enrolments", nil, nil, nil); got != 403 {
		t.Errorf("a viewer asks for enrolments: %d", got)
	}
	client, _ = logIn(map[string]any{"sub": "1", "preferred_username": "vera", "groups": []string{"helpdesk", "mail"}})
	if got := hub.ask(t, client, "GET", "/enrolments", nil, nil, nil); got != 200 {
		t.Errorf("now an operator: %d", got)
	}
	for name, claims := range map[string]map[string]any{
		"no group":        {"sub": "2", "preferred_username": "mallory"},
		"another's name":  {"sub": "3", "preferred_username": "admin", "groups": []string{"mail"}},
		"another nonce":   {"sub": "1", "groups": []string{"mail"}, "nonce": "stolen"},
		"another program": {"sub": "1", "groups": []string{"mail"}, "aud": "other"},
		"over":            {"sub": "1", "groups": []string{"mail"}, "exp": time.Now().Add(-time.Hour).Unix()},
	} {
		if client, status := logIn(claims); status != 401 || hub.ask(t, client, "GET", "/servers", nil, nil, nil) != 401 {
			t.Errorf("%s: %d", name, status)
		}
	}
	if got := hub.ask(t, hub.client, "GET", "/oidc/callback?state=x&code=y", nil, nil, nil); got != 401 {
		t.Errorf("a log-in that was not begun here: %d", got)
	}
}
