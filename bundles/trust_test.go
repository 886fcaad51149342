package bundles

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/exvet/exvet"
)

func TestSigned(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	write(t, secret, bytes.Repeat([]byte("s"), minSecret))
	for _, algorithm := range Algorithms() {
		t.Run(algorithm, func(t *testing.T) {
			private, public := secret, secret
			if algorithm != HS256 {
				private, public = keyFiles(t, algorithm)
			}
			signing, err := ReadSigningKey(private, algorithm)
			if err != nil {
				t.Fatal(err)
			}
			signed, err := Sign(t.Context(), "acme.tar.gz", archiveOf(t, BuildOptions{Serial: 7, Revision: "r7"}), signing, "k1", "prod")
			if err != nil {
				t.Fatal(err)
			}
			key, err := ReadKey(public, "acme-2026", algorithm)
			if err != nil {
				t.Fatal(err)
			}
			trust := Trust{Keys: []Key{key}, Scope: "prod", MinSerial: 7, Engine: exvet.Version, Now: builtAt}
			got, err := trust.Archive(t.Context(), "acme.tar.gz", signed, Organisations)
			if err != nil {
				t.Fatal(err)
			}
			want := exvet.Bundle{Name: "org/acme", Revision: "r7", Serial: 7, Digest: got.Info.Digest, SignedBy: "acme-2026", Trust: exvet.TrustSigned}
			if !reflect.DeepEqual(got.Info, want) || len(got.Rules) != 1 {
				t.Errorf("info = %+v with %d rules, want %+v with 1", got.Info, len(got.Rules), want)
			}
			seen, err := Inspect(t.Context(), "acme.tar.gz", signed)
			if err != nil {
				t.Fatal(err)
			}
			if said := seen.Signature; said == nil || said.KeyID != "k1" || said.Scope != "prod" || said.Algorithm != algorithm {
				t.Errorf("signature says %+v", said)
			}
		})
	}
}

func TestKeysChosen(t *testing.T) {
	private, public := keyFiles(t, ES256)
	_, foreign := keyFiles(t, RS256)
	signed, err := Sign(t.Context(), "a", archiveOf(t, BuildOptions{}), signer(t, private), "acme", "")
	if err != nil {
		t.Fatal(err)
	}
	right, wrong := verifier(t, public), verifier(t, foreign)
	named := func(key Key, id string) Key { key.ID = id; return key }
	tests := []struct {
		name   string
		keys   []Key
		id     string
		by     string
		reason string
	}{
		{"the id it names", []Key{named(wrong, "old"), named(right, "acme")}, "", "acme", ""},
		{"another id", []Key{named(wrong, "old"), named(right, "new")}, "", "new", ""},
		{"the id it names belongs to another key", []Key{named(wrong, "acme"), named(right, "new")}, "", "", "bundle/signature-invalid"},
		{"an id is asked for", []Key{named(wrong, "acme"), named(right, "new")}, "new", "new", ""},
		{"the other id is asked for", []Key{named(wrong, "acme"), named(right, "new")}, "acme", "", "bundle/signature-invalid"},
		{"an id nobody has", []Key{right}, "x", "", "bundle/signature-invalid"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := Trust{Keys: test.keys, KeyID: test.id}.Archive(t.Context(), "a", signed, Either)
			if test.reason != "" {
				untrustedBy(t, err, test.reason, exvet.ExitUntrusted)
			} else if err != nil || got.Info.SignedBy != test.by {
				t.Errorf("signed by %+v, %v; want %q", got, err, test.by)
			}
		})
	}
}

func untrustedBy(t *testing.T, err error, reason string, code int) {
	t.Helper()
	var refusal *exvet.Refusal
	if !errors.As(err, &refusal) {
		t.Fatalf("error = %v, want a refusal", err)
	}
	if refusal.Reason != reason || refusal.Code != code {
		t.Errorf("refused with %d: %v; want %d: %s", refusal.Code, err, code, reason)
	}
	if text := err.Error(); strings.Contains(text, "\n") || len(text) > 400 {
		t.Errorf("error is not one line: %q", text)
	}
}

func TestUnsignedAllowed(t *testing.T) {
	got, err := Trust{AllowUnsigned: true}.Archive(t.Context(), "a", archiveOf(t, BuildOptions{}), Organisations)
	if err != nil {
		t.Fatal(err)
	}
	if got.Info.SignedBy != "" || got.Info.Trust != exvet.TrustUnsigned {
		t.Errorf("info = %+v", got.Info)
	}
}

func TestArchiveGivenUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (Trust{AllowUnsigned: true}).Archive(ctx, "a", archiveOf(t, BuildOptions{}), Organisations); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want context.Canceled", err)
	}
}
