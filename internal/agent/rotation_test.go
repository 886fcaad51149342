package agent

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
)

// rewrite changes the configuration of an agent, line by line.
func rewrite(t testing.TB, config *Config, pairs ...string) *Config {
	t.Helper()
	text, err := os.ReadFile(config.File)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(string(text), pairs[i]) {
			t.Fatalf("the configuration has no %q", pairs[i])
		}
	}
	write(t, config.File, []byte(strings.NewReplacer(pairs...).Replace(string(text))))
	changed, err := ReadConfig(config.File)
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

// withKeys adds public keys to a configuration.
func withKeys(t testing.TB, named map[string]signer) string {
	t.Helper()
	lines := ""
	for id, key := range named {
		pem, err := json.Marshal(key.public)
		if err != nil {
			t.Fatal(err)
		}
		lines += fmt.Sprintf("  %s: {algorithm: ES256, key: %s}\n", id, pem)
	}
	return lines + "labels:"
}

// TestKeyRotation follows a bundle from one key to the next, as docs/agent.md has it.
func TestKeyRotation(t *testing.T) {
	h, old, fresh, other, evil := newHub(t), newSigner(t), newSigner(t), newSigner(t), newSigner(t)
	config := setup(t, h, old, "")
	a := begin(t, config)
	publish := func(key signer, serial int, id string) {
		t.Helper()
		h.publish("acme", key.sign(t, madeBundle{org: "acme", serial: serial}.archive(t), id, "exvet-acme"))
		a.round(t)
	}
	answers := func(revision, by, message string) {
		t.Helper()
		got := a.Status().Bundles[0]
		if got.Revision != revision || got.SignedBy != by || (message == "") != (got.Error == "") || !strings.Contains(got.Error, message) {
			t.Errorf("%s answers, signed by %q, and the status says %q; want %s, %q and %q", got.Revision, got.SignedBy, got.Error, revision, by, message)
		}
	}
	restart := func(changed *Config) {
		t.Helper()
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		config = changed
		a = begin(t, config)
	}
	publish(old, 5, "acme-1")
	answers("r5", "acme-1", "")

	// A second key in keys changes nothing: keyid decides, whatever a signature says of itself.
	restart(rewrite(t, config, "labels:", withKeys(t, map[string]signer{"acme-2": fresh, "core-1": other})))
	answers("r5", "acme-1", "") // from the disk
	publish(fresh, 6, "acme-2")
	answers("r5", "acme-1", "failed to verify JWT signature")
	publish(old, 6, "acme-2")
	answers("r6", "acme-1", "")
	publish(old, 7, "acme-1")
	answers("r7", "acme-1", "")

	// Both keys are good while one takes the place of the other, and no third is.
	restart(rewrite(t, config, "keyid: acme-1, ", "", "exvet: {", "exvet: {signers: {acme: [acme-1, acme-2]}, "))
	answers("r7", "acme-1", "")
	publish(fresh, 8, "acme-2")
	answers("r8", "acme-2", "")
	publish(old, 9, "acme-1")
	answers("r9", "acme-1", "")
	publish(other, 10, "core-1") // OPA takes it, for its key is one of keys; the guard does not
	answers("r9", "acme-1", "bundle/signature-invalid")
	publish(evil, 10, "acme-2")
	answers("r9", "acme-1", "failed to verify JWT signature")
	publish(fresh, 10, "acme-2")
	answers("r10", "acme-2", "")

	// The old key is good no more.
	restart(rewrite(t, config, "signing: {", "signing: {keyid: acme-2, ", "signers: {acme: [acme-1, acme-2]}, ", ""))
	answers("r10", "acme-2", "")
	publish(old, 11, "acme-1")
	answers("r10", "acme-2", "failed to verify JWT signature")
}

// TestKeyGone restarts an agent on a configuration that no longer has the key of what is on its disk.
func TestKeyGone(t *testing.T) {
	h, old, fresh := newHub(t), newSigner(t), newSigner(t)
	config := setup(t, h, old, "")
	a := begin(t, config)
	h.publish("acme", old.sign(t, madeBundle{org: "acme", serial: 5}.archive(t), "acme-1", "exvet-acme"))
	a.round(t)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	a = begin(t, rewrite(t, config, "labels:", withKeys(t, map[string]signer{"acme-2": fresh}), "keyid: acme-1", "keyid: acme-2"))
	if got := a.Status().Bundles[0]; got.Origin != originNone || !strings.Contains(got.Note, "not used: bundle/signature-invalid") || !strings.HasSuffix(got.Note, "; it is fetched again") {
		t.Errorf("%+v answers; want none, and why", got)
	}
	h.publish("acme", fresh.sign(t, madeBundle{org: "acme", serial: 6}.archive(t), "acme-2", "exvet-acme"))
	a.round(t)
	if got := a.Status().Bundles[0]; got.Revision != "r6" || got.SignedBy != "acme-2" || got.Note != "" {
		t.Errorf("%+v answers; want r6 of the new key", got)
	}
}
