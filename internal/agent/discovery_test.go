package agent

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/bundle"
)

// discovered makes a signed bundle of a discovery policy.
func discovered(t testing.TB, key signer, file string, config string) []byte {
	t.Helper()
	text := "package fleet\n\n" + config
	module, err := ast.ParseModule("/fleet.rego", text)
	if err != nil {
		t.Fatal(err)
	}
	roots := []string{"fleet"}
	made := bundle.Bundle{Data: map[string]any{}, Manifest: bundle.Manifest{Revision: "d", Roots: &roots},
		Modules: []bundle.ModuleFile{{URL: "/fleet.rego", Path: "/fleet.rego", RelativePath: "/fleet.rego", Parsed: module, Raw: []byte(text)}}}
	if file != "" {
		if err := made.GenerateSignature(bundle.NewSigningConfig(file, "ES256", claims(t)), "acme-1", false); err != nil {
			t.Fatal(err)
		}
	}
	var archive bytes.Buffer
	if err := bundle.NewWriter(&archive).DisableFormat(true).Write(made); err != nil {
		t.Fatal(err)
	}
	return archive.Bytes()
}

func claims(t testing.TB) string {
	t.Helper()
	name := t.TempDir() + "/claims.json"
	write(t, name, []byte(`{"scope": "exvet-discovery"}`))
	return name
}

func TestDiscovery(t *testing.T) {
	h, key := newHub(t), newSigner(t)
	config := setup(t, h, key, "discovery: {service: hub, resource: bundles/fleet, decision: fleet/config, signing: {keyid: acme-1, scope: exvet-discovery}}\n")
	text, err := os.ReadFile(config.File)
	if err != nil {
		t.Fatal(err)
	}
	write(t, config.File, []byte(strings.Replace(string(text), "    resource: bundles/acme\n", "", 1)))
	if config, err = ReadConfig(config.File); err != nil {
		t.Fatal(err)
	}
	for ring, serial := range map[string]int{"test": 1, "other": 2} {
		h.publish("acme-"+ring, key.sign(t, madeBundle{org: "acme", serial: serial}.archive(t), "acme-1", "exvet-acme"))
	}
	rings := func(serial int, ring string) string {
		return fmt.Sprintf(`config := {"labels": {"config_serial": "%d"}, "bundles": {"acme": {"resource": concat("", ["bundles/acme-", ring])}}}
ring := %s`, serial, ring)
	}
	h.publish("fleet", discovered(t, key, key.pem, rings(3, "opa.runtime().config.labels.ring")))
	a := begin(t, config)
	a.round(t)
	if revision, message := h.bundleStatus("acme"); revision != "r1" {
		t.Fatalf("active %q (%s), want that of the ring of the label: r1 (%v)", revision, message, a.seen.errors)
	}
	tests := []struct{ name, policy, want string }{
		{"older", rings(2, `"other"`), "config_serial 2, and 3 was seen"},
		{"another bundle", `config := {"labels": {"config_serial": "4"}, "bundles": {"evil": {"resource": "x"}}}`, `names the bundle "evil"`},
		{"a service", `config := {"labels": {"config_serial": "4"}, "services": {"evil": {"url": "http://127.0.0.1:1"}}}`, "it holds services"},
		{"a key", `config := {"labels": {"config_serial": "4"}, "keys": {"evil": {"key": "x"}}}`, "it holds keys"},
		{"plugins", `config := {"labels": {"config_serial": "4"}, "decision_logs": {"console": true}}`, "it holds decision_logs"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h.publish("fleet", discovered(t, key, key.pem, test.policy))
			a.round(t)
			if got := a.seen.errors["discovery"]; !strings.Contains(got, test.want) {
				t.Errorf("discovery says %q, want %q", got, test.want)
			}
			if revision, message := h.bundleStatus("acme"); revision != "r1" || message != "" {
				t.Errorf("active %q (%s), want r1 as before", revision, message)
			}
		})
	}
	t.Run("unsigned", func(t *testing.T) {
		h.publish("fleet", discovered(t, key, "", rings(5, `"other"`)))
		a.round(t)
		if got := a.seen.errors["discovery"]; !strings.Contains(got, "signatures") {
			t.Errorf("discovery says %q, want a refusal", got)
		}
	})
	// What keeps bundles believed cannot be discovered away: the boot configuration wins.
	h.publish("fleet", discovered(t, key, key.pem, `config := {"labels": {"config_serial": "6"}, "bundles": {"acme": {"resource": "bundles/unsigned", "signing": null}}}`))
	h.publish("unsigned", madeBundle{org: "acme", serial: 9}.archive(t))
	a.round(t)
	if revision, message := h.bundleStatus("acme"); revision != "r1" || !strings.Contains(message, "signatures") {
		t.Errorf("active %q (%s), want r1 and a refusal of the unsigned bundle", revision, message)
	}
	h.publish("fleet", discovered(t, key, key.pem, rings(7, `"other"`)))
	a.round(t)
	if revision, message := h.bundleStatus("acme"); revision != "r2" {
		t.Errorf("active %q (%s), want r2 of the other ring", revision, message)
	}
}
