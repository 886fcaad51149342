package agent

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func noRequest() (string, []byte, error) { return "request", []byte("key"), nil }

// TestRotateRefused asks services that give no credentials: what is there stays.
func TestRotateRefused(t *testing.T) {
	const bearer = "credentials: {bearer: {token_path: token}}"
	answers := func(code int, text string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, _ *http.Request) bool {
			w.WriteHeader(code)
			_, _ = w.Write([]byte(text))
			return true
		}
	}
	for _, test := range []struct {
		name, credentials, want string
		answer                  func(http.ResponseWriter, *http.Request) bool
	}{
		{"no hub", bearer, "answered 404 Not Found; is it a hub?", nil},
		{"revoked", bearer, "the hub says: access/refused: no", answers(401, `{"error": "access/refused: no"}`)},
		{"broken", bearer, "answered 502", answers(502, "<html>")},
		{"nonsense", bearer, "the hub's answer: ", answers(200, "<html>")},
		{"nothing", bearer, "holds no credentials", answers(200, "{}")},
		{"another kind", bearer, "holds no credentials", answers(200, `{"certificate": "x"}`)},
		{"no file", "credentials: {bearer: {token: secret}}", "stand in no file", nil},
		{"a file that is not there", "credentials: {bearer: {token_path: none}}", "none: no such file", nil},
		{"half a certificate", "credentials: {client_tls: {cert: token}}", "stand in no file", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := newHub(t)
			h.fail(test.answer)
			config := setup(t, h, newSigner(t), "")
			token := filepath.Join(filepath.Dir(config.File), "token")
			write(t, token, []byte("old"))
			config = rewrite(t, config, "credentials: {bearer: {token: hidden}}", test.credentials)
			_, err := Rotate(t.Context(), config, noRequest)
			if err == nil || !strings.HasPrefix(err.Error(), "agent/rotate: ") || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
			if content, err := os.ReadFile(token); err != nil || string(content) != "old" {
				t.Errorf("the token is %q, %v; want it as it was", content, err)
			}
			if left, _ := filepath.Glob(token + partial); len(left) > 0 {
				t.Errorf("left behind: %q", left)
			}
		})
	}
}

// TestRotateRunning gives a running agent another token.
func TestRotateRunning(t *testing.T) {
	h := newHub(t)
	var lock sync.Mutex
	var asked []string
	h.fail(func(w http.ResponseWriter, r *http.Request) bool {
		lock.Lock()
		defer lock.Unlock()
		asked = append(asked, r.URL.Path+" "+r.Header.Get("Authorization"))
		if r.URL.Path == "/enrol/rotate" {
			_, _ = w.Write([]byte(`{"server": "EX01", "token": "new", "expires_at": "2027-11-28T00:00:00Z"}`))
		}
		return r.URL.Path == "/enrol/rotate"
	})
	config := setup(t, h, newSigner(t), "")
	write(t, filepath.Join(filepath.Dir(config.File), "token"), []byte("old\n"))
	config = rewrite(t, config, "credentials: {bearer: {token: hidden}}", "credentials: {bearer: {token_path: token}}")
	a := begin(t, config)
	a.beat(t.Context())
	given, err := Rotate(t.Context(), config, noRequest)
	if err != nil || given.Server != "EX01" || given.Expires.Year() != 2027 || len(given.Files) != 1 {
		t.Fatalf("got %+v, %v", given, err)
	}
	a.beat(t.Context())
	lock.Lock()
	defer lock.Unlock()
	want := "/status Bearer old, /enrol/rotate Bearer old, /status Bearer new"
	if got := strings.Join(asked, ", "); got != want {
		t.Errorf("asked %q, want %q", got, want)
	}
}
