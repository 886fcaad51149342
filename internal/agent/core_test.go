package agent

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/exvet/exvet/bundles"
)

// copyCore gives the embedded core as an author's working copy.
func copyCore(t testing.TB) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.CopyFS(filepath.Join(folder, "exvet"), os.DirFS(filepath.Join("..", "..", "policies", "exvet"))); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(folder, ".manifest"), []byte(`{"roots": ["exvet"]}`))
	return folder
}

func buildCore(t testing.TB, folder string, serial int) []byte {
	t.Helper()
	core, err := bundles.LoadCore(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	archive, _, err := core.Build(t.Context(), bundles.BuildOptions{Serial: serial, Revision: fmt.Sprint("c", serial), BuiltAt: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	return archive
}

// TestCoreAndOrganisation: a core that an organisation does not fit, here by the id of a rule, is taken all the same, and the
// organisation's rules are left out until they fit again; a core that is damaged on disk gives way to the embedded one.
func TestCoreAndOrganisation(t *testing.T) {
	h, key := newHub(t), newSigner(t)
	config := setup(t, h, key, "")
	text, err := os.ReadFile(config.File)
	if err != nil {
		t.Fatal(err)
	}
	written := strings.Replace(string(text), "bundles:\n", "bundles:\n  core:\n    service: hub\n    resource: bundles/core\n    signing: {keyid: acme-1}\n", 1)
	write(t, config.File, []byte(written))
	if config, err = ReadConfig(config.File); err != nil {
		t.Fatal(err)
	}
	folder := copyCore(t)
	rule := filepath.Join(folder, "exvet", "rules", "iis", "dangling_module", "dangling_module.rego")
	original, err := os.ReadFile(rule)
	if err != nil {
		t.Fatal(err)
	}
	sign := func(serial int) []byte { return key.sign(t, buildCore(t, folder, serial), "acme-1", bundles.CoreScope) }
	h.publish("core", sign(10))
	h.publish("acme", key.sign(t, madeBundle{org: "acme", serial: 1}.archive(t), "acme-1", "exvet-acme"))
	a := begin(t, config)
	rules := func() (count int, core string) {
		t.Helper()
		compiled, err := a.rules.engine(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return len(compiled.Rules()), compiled.Bundles()[0].Revision
	}
	a.round(t)
	with, core := rules()
	if core != "c10" {
		t.Fatalf("the core %q answers, want c10", core)
	}
	write(t, rule, regexp.MustCompile(`id: EXV-.*`).ReplaceAll(original, []byte("id: ACME-TEST-001")))
	h.publish("core", sign(11))
	a.round(t)
	if revision, message := h.bundleStatus("core"); revision != "c11" || message != "" {
		t.Errorf("the core %q (%s) is active, want c11: no organisation stands in its way", revision, message)
	}
	if without, core := rules(); core != "c11" || without != with-1 {
		t.Errorf("%d rules with core %q, want %d with c11", without, core, with-1)
	}
	a.beat(t.Context())
	if state, message := h.health(); state != "WARN" || !strings.Contains(message, "acme: it is left out: it does not fit the core") {
		t.Errorf("state %s: %s; want a warning that acme is left out", state, message)
	}
	write(t, rule, original)
	h.publish("core", sign(12))
	a.round(t)
	if again, _ := rules(); again != with {
		t.Errorf("%d rules once the organisation fits again, want %d", again, with)
	}
	// An organisation's key does not make a core.
	h.publish("core", key.sign(t, madeBundle{org: "acme", serial: 99}.archive(t), "acme-1", "exvet-acme"))
	a.round(t)
	if revision, message := h.bundleStatus("core"); revision != "c12" || !strings.Contains(message, "scope mismatch") {
		t.Errorf("active %q (%s); want c12 and a refusal of the scope", revision, message)
	}

	kept := a.state.get().Bundles[coreName]
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	for _, entry := range kept {
		flip(t, a.rules.file(coreName, entry.Sum))
	}
	h.Close()
	a = begin(t, config)
	if count, core := rules(); count != with || core == "c12" {
		t.Errorf("%d rules with core %q, want %d with the embedded one", count, core, with)
	}
	began := time.Now()
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	a = begin(t, config)
	t.Logf("start with a core that is damaged twice: %s", time.Since(began))
}
