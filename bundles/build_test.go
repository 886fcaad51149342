package bundles

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/open-policy-agent/opa/v1/bundle"

	"github.com/exvet/exvet"
)

func TestBuild(t *testing.T) {
	files := map[string]string{
		rulePath: ruleText,
		"org/acme/rules/iis/tracing/tracing_test.rego": "package org.acme.rules.iis.tracing_test",
		"org/acme/words/words.rego":                    "package org.acme.words\n\nx := 1\n",
		"org/acme/limits/data.yaml":                    "limit: 3\n",
		"fixtures/one/data.json":                       `{"x": 1}`,
		"README.md":                                    "text",
	}
	build := func(manifest string, options BuildOptions) ([]byte, *Bundle) {
		t.Helper()
		if manifest != "" {
			files[manifestFile] = manifest
		}
		loaded, err := Load(t.Context(), directory(t, files))
		if err != nil {
			t.Fatal(err)
		}
		archive, built, err := loaded.Build(t.Context(), options)
		if err != nil {
			t.Fatal(err)
		}
		return archive, built
	}
	first, built := build("", BuildOptions{BuiltAt: builtAt})
	second, _ := build("", BuildOptions{BuiltAt: builtAt})
	if !bytes.Equal(first, second) {
		t.Error("building twice gives other bytes")
	}
	got := slices.Sorted(maps.Keys(filesOf(t, first)))
	if want := []string{manifestFile, "data.json", rulePath, "org/acme/words/words.rego"}; !slices.Equal(got, want) {
		t.Errorf("files = %q, want %q", got, want)
	}
	want := Stamp{Serial: int(builtAt.Unix()), MinEngine: "0.1.0", SnapshotFormat: exvet.SnapshotFormat, BuiltAt: builtAt}
	if built.Stamp != want {
		t.Errorf("stamp = %+v, want %+v", built.Stamp, want)
	}
	if built.Info.Revision == "" || !strings.Contains(string(filesOf(t, first)["data.json"]), `{"limit":3}`) {
		t.Errorf("revision %q, data %s", built.Info.Revision, filesOf(t, first)["data.json"])
	}

	const manifest = `{"revision": "r", "roots": ["org/acme"], "metadata": {"serial": 3, "min_engine": "0.0.1", "not_after": "2027-01-01T00:00:00Z", "team": "mail"}}`
	archive, built := build(manifest, BuildOptions{BuiltAt: builtAt.Add(time.Millisecond)})
	want = Stamp{Serial: 3, MinEngine: "0.0.1", SnapshotFormat: exvet.SnapshotFormat, BuiltAt: builtAt, NotAfter: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)}
	if built.Stamp != want || built.Info.Revision != "r" || !strings.Contains(string(filesOf(t, archive)[manifestFile]), `"team":"mail"`) {
		t.Errorf("of the manifest: stamp %+v, revision %q; want %+v and r", built.Stamp, built.Info.Revision, want)
	}
	_, built = build(manifest, BuildOptions{BuiltAt: builtAt, Serial: 9, Revision: "s", MinEngine: "0.0.2"})
	if built.Stamp.Serial != 9 || built.Info.Revision != "s" || built.Stamp.MinEngine != "0.0.2" {
		t.Errorf("of the options: stamp %+v, revision %q", built.Stamp, built.Info.Revision)
	}
	if read, err := bundle.NewReader(bytes.NewReader(archive)).Read(); err != nil || read.Manifest.Revision != "r" {
		t.Errorf("OPA reads %+v, %v", read.Manifest, err)
	}
}

func TestBuildRefuses(t *testing.T) {
	loaded, err := Load(t.Context(), directory(t, map[string]string{rulePath: ruleText}))
	if err != nil {
		t.Fatal(err)
	}
	for name, options := range map[string]BuildOptions{
		"engine":    {BuiltAt: builtAt, MinEngine: "soon"},
		"serial":    {BuiltAt: builtAt, Serial: -1},
		"not-after": {BuiltAt: builtAt, NotAfter: builtAt},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := loaded.Build(t.Context(), options)
			refused(t, err, "bundle/manifest")
		})
	}
}

// TestCoreBuilt writes the embedded rules and loads them in their own place.
func TestCoreBuilt(t *testing.T) {
	core, err := Core()
	if err != nil {
		t.Fatal(err)
	}
	archive, built, err := core.Build(t.Context(), BuildOptions{BuiltAt: builtAt, Serial: 2})
	if err != nil {
		t.Fatal(err)
	}
	if len(built.Rules) != len(core.Rules) || !built.IsCore() || built.Stamp.Serial != 2 || core.Stamp.Serial == 0 {
		t.Errorf("%d of %d rules, stamp %+v", len(built.Rules), len(core.Rules), built.Stamp)
	}
	private, public := keyFiles(t, ES256)
	if _, err := Sign(t.Context(), "core", archive, signer(t, private), "core", "prod"); err == nil {
		t.Error("signed for a scope that is not the core's")
	}
	signed, err := Sign(t.Context(), "core", archive, signer(t, private), "core", "")
	if err != nil {
		t.Fatal(err)
	}
	trust := Trust{Keys: []Key{verifier(t, public)}, MinSerial: 2}
	if _, err := trust.Archive(t.Context(), "core", signed, Cores); err != nil {
		t.Error(err)
	}
	_, err = trust.Archive(t.Context(), "core", signed, Organisations)
	untrustedBy(t, err, "bundle/root-claimed", exvet.ExitInput)
	trust.MinSerial = 3
	_, err = trust.Archive(t.Context(), "core", signed, Cores)
	untrustedBy(t, err, "bundle/replayed", exvet.ExitUntrusted)
	// The key of an organisation, with another scope, makes no core.
	files := filesOf(t, archiveOf(t, BuildOptions{}))
	other, err := Sign(t.Context(), "a", tarball(t, files), signer(t, private), "acme", "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = Trust{Keys: trust.Keys}.Archive(t.Context(), "a", other, Cores)
	untrustedBy(t, err, "bundle/root-claimed", exvet.ExitInput)
}

func TestAdmission(t *testing.T) {
	roots := []string{"org/acme"}
	manifest := func(metadata string) bundle.Manifest {
		m := bundle.Manifest{Roots: &roots}
		if err := json.Unmarshal([]byte(metadata), &m.Metadata); err != nil {
			t.Fatal(err)
		}
		return m
	}
	now := builtAt
	tests := []struct {
		name      string
		admission Admission
		metadata  string
		reason    string
	}{
		{"nothing asked", Admission{}, `{}`, ""},
		{"all asked", Admission{Roots: []string{"org"}, MinSerial: 5, Engine: "1.2.3", Now: now},
			`{"serial": 5, "min_engine": "1.2.3", "snapshot_format": 1, "not_after": "2026-11-01T00:00:00Z"}`, ""},
		{"on the way to the engine", Admission{Engine: "1.2.3-rc.1+b"}, `{"min_engine": "1.2.3"}`, ""},
		{"no serial is the lowest", Admission{MinSerial: 1}, `{}`, "bundle/replayed"},
		{"lower", Admission{MinSerial: 6}, `{"serial": 5}`, "bundle/replayed"},
		{"expired", Admission{Now: now.Add(time.Second)}, `{"not_after": "2026-11-01T00:00:00Z"}`, "bundle/expired"},
		{"expired in use", Admission{}, `{"not_after": "2000-01-01T00:00:00Z"}`, ""},
		{"newer engine", Admission{Engine: "1.2.3"}, `{"min_engine": "1.10.0"}`, "bundle/engine"},
		{"other format", Admission{Engine: "1.2.3"}, `{"snapshot_format": 9}`, "bundle/engine"},
		{"other root", Admission{Roots: []string{"org/other"}}, `{}`, "bundle/root-claimed"},
		{"not a stamp", Admission{}, `{"serial": -1}`, "bundle/manifest"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.admission.Name = "acme"
			err := test.admission.Check(manifest(test.metadata))
			if test.reason == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var refusal *exvet.Refusal
			if got := fmt.Sprint(err); !strings.HasPrefix(got, test.reason+": acme") {
				t.Errorf("error = %v (%T), want %s", err, refusal, test.reason)
			}
		})
	}
}

// hundred is an organisation of a hundred rules.
func hundred(tb testing.TB) tree {
	tb.Helper()
	files := tree{manifestFile: []byte(`{"roots": ["org/acme"], "metadata": {"serial": 1}}`), "data.json": []byte(`{"org": {"acme": {"names": ["a"]}}}`)}
	for i := range 100 {
		name := fmt.Sprintf("tracing%d", i)
		text := strings.NewReplacer("iis.tracing", "iis."+name, "ACME-001", fmt.Sprintf("ACME-%03d", i)).Replace(ruleText)
		files["org/acme/rules/iis/"+name+"/"+name+".rego"] = []byte(text)
	}
	return files
}

func BenchmarkBuild100(b *testing.B) {
	loaded, err := hundred(b).organised("acme")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, _, err := loaded.Build(b.Context(), BuildOptions{BuiltAt: builtAt}); err != nil {
			b.Fatal(err)
		}
	}
}
