package agent

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/exvet/exvet"
)

func TestConfigRefused(t *testing.T) {
	const services = "services: {hub: {url: 'https://hub.example'}}\n"
	keys := fmt.Sprintf("keys: {one: {key: %q}}\n", newSigner(t).public)
	tests := []struct{ name, text, want string }{
		{"unknown key", services + "exvet:\n  pol: 1s\n", `agent.yaml:3: exvet has the unknown key "pol"`},
		{"unknown section", services + "bundels: {}\n", `unknown key "bundels"`},
		{"no time", "exvet:\n  poll: 10\n", "agent.yaml:2: poll is 10, no time"},
		{"too short", "exvet: {scan: 1ms}\n", "scan is 1ms"},
		{"no size", "exvet: {spool_size: much}\n", "spool_size is much"},
		{"severity", "exvet: {fail_on: bad}\n", `fail_on "bad"`},
		{"mask", "exvet: {mask: [all]}\n", `mask has "all"`},
		{"listen", "exvet: {listen: '0.0.0.0:80'}\n", "is not on loopback"},
		{"no TLS", "services: {hub: {url: 'http://hub.example'}}\n", "without TLS"},
		{"credentials in the url", "services: {hub: {url: 'https://a:b@hub.example'}}\n", "holds credentials"},
		{"no variable", "services: {hub: {url: '${EXVET_NO_SUCH}'}}\n", `the environment has no "EXVET_NO_SUCH"`},
		{"no service", "status: {service: hub}\n", `service "hub", and there is none`},
		{"no signing", services + keys + "bundles: {acme: {service: hub}}\n", `bundle "acme" has no signing`},
		{"no key", services + "bundles: {acme: {signing: {keyid: one, scope: x}}}\n", `keys has none of that name`},
		{"signers and a keyid", services + keys + "bundles: {acme: {signing: {keyid: one, scope: x}}}\nexvet: {signers: {acme: [one]}}\n", "keep one of them"},
		{"no signer", services + keys + "bundles: {acme: {signing: {scope: x}}}\nexvet: {signers: {acme: []}}\n", "names no key"},
		{"an unknown signer", services + keys + "bundles: {acme: {signing: {scope: x}}}\nexvet:\n  signers: {acme: [one, two]}\n", `agent.yaml:5: bundle "acme" is signed with the key "two"`},
		{"neither signers nor a keyid", services + keys + "bundles: {acme: {signing: {scope: x}}}\n", `signed with the key ""`},
		{"signers of nothing", services + "exvet: {signers: {acme: [one]}}\n", `exvet.signers are given for "acme", which is no bundle`},
		{"no scope", services + keys + "bundles: {acme: {signing: {keyid: one}}}\n", "needs a scope of its own"},
		{"one scope", services + keys + "bundles: {a: {signing: {keyid: one, scope: x}}, b: {signing: {keyid: one, scope: x}}}\n", "needs a scope of its own"},
		{"the core's scope", services + keys + "bundles: {acme: {signing: {keyid: one, scope: exvet-core}}}\n", "of no other"},
		{"a core of another scope", services + keys + "bundles: {core: {signing: {keyid: one, scope: x}}}\n", "of no other"},
		{"a root of all", services + keys + "bundles: {acme: {signing: {keyid: one, scope: x}}}\nexvet: {roots: {acme: [exvet]}}\n", "is not below org"},
		{"roots of nothing", services + "exvet: {roots: {acme: [org/acme]}}\n", "which is no bundle"},
		{"a name that climbs", services + keys + "bundles: {..: {signing: {keyid: one, scope: x}}}\n", "is no name of a bundle"},
		{"no public key", services + "keys: {one: {key: abc}}\n", "holds no public key"},
		{"unsigned discovery", services + "discovery: {service: hub, resource: x}\n", "discovery is not signed"},
		{"malformed", "services: [", "agent.yaml"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "agent.yaml")
			write(t, file, []byte(test.text))
			_, err := ReadConfig(file)
			var refusal *exvet.Refusal
			if !errors.As(err, &refusal) || !strings.HasPrefix(err.Error(), "agent/config: ") || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want a refusal with %q", err, test.want)
			}
		})
	}
}

func TestConfigPinned(t *testing.T) {
	h, key := newHub(t), newSigner(t)
	t.Setenv("EXVET_TEST_RING", "canary")
	config := setup(t, h, key, "exvet: {source: \"SOURCE\", scan: 2h, roots: {acme: [org/acme, org/other]}, waivers: [w.yaml]}\n")
	text, err := os.ReadFile(config.File)
	if err != nil {
		t.Fatal(err)
	}
	text = []byte(strings.Replace(string(text), "ring: test", "ring: '${EXVET_TEST_RING}'", 1))
	text = []byte(strings.Replace(string(text), "resource: bundles/acme", "resource: bundles/acme\n    trigger: periodic\n    persist: true", 1))
	write(t, config.File, text)
	if config, err = ReadConfig(config.File); err != nil {
		t.Fatal(err)
	}
	acme := config.opa["bundles"].(map[string]any)["acme"].(map[string]any)
	if fmt.Sprintf("%v %v", acme["trigger"], acme["persist"]) != "manual false" {
		t.Errorf("bundle %v; want a manual trigger and no persistence by OPA", acme)
	}
	if got := config.opa["labels"].(map[string]any); got["ring"] != "canary" || got["exvet"] != exvet.Version || got["host"] == "" {
		t.Errorf("labels %v", got)
	}
	if config.Scan != 2*time.Hour || config.Poll != time.Minute || !config.Gentle || len(config.bundles[0].trust.Roots) != 2 {
		t.Errorf("settings %+v", config.Settings)
	}
	if want := filepath.Join(filepath.Dir(config.File), "w.yaml"); config.Waivers[0] != want {
		t.Errorf("waivers %q, want %q", config.Waivers[0], want)
	}
}

func TestSchedule(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	spreadOut := map[time.Time]bool{}
	for i := range 100 {
		id := fmt.Sprint("host-", i)
		next := following(now, id, time.Hour)
		if !next.After(now) || next.Sub(now) > time.Hour {
			t.Fatalf("next %s after %s is not within the interval", next, now)
		}
		if again := following(next, id, time.Hour); again.Sub(next) != time.Hour {
			t.Fatalf("from %s to %s, want an hour", next, again)
		}
		spreadOut[next.Truncate(time.Minute)] = true
	}
	if len(spreadOut) < 30 {
		t.Errorf("100 hosts in %d minutes of an hour", len(spreadOut))
	}
	b := backoff{least: time.Second, most: time.Minute}
	for i, want := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60} {
		if got := b.next(); got < want*time.Second*8/10 || got > want*time.Second*12/10 {
			t.Errorf("wait %d is %s, want about %d s", i, got, want)
		}
	}
}
