package bundles_test

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/exvet/exvet/bundles"
)

func TestCapabilities(t *testing.T) {
	var document map[string]any
	content, err := json.Marshal(bundles.Capabilities())
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, &document); err != nil {
		t.Fatal(err)
	}
	document["allow_net"] = []string{} // OPA leaves an empty list out, and then every host is allowed
	want, err := json.MarshalIndent(document, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *update {
		if err := os.WriteFile("capabilities.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("capabilities.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("capabilities.json is not what Capabilities gives; go test ./bundles -run TestCapabilities -update rewrites it")
	}
	stock, err := ast.LoadCapabilitiesJSON(bytes.NewReader(got))
	if err != nil {
		t.Fatal(err)
	}
	if stock.AllowNet == nil {
		t.Error("capabilities.json allows every host")
	}
	names := make([]string, len(stock.Builtins))
	for i, builtin := range stock.Builtins {
		names[i] = builtin.Name
		if builtin.Nondeterministic {
			t.Errorf("%s answers differently each time", builtin.Name)
		}
	}
	for _, name := range []string{"http.send", "net.lookup_ip_addr", "opa.runtime", "rand.intn", "time.now_ns", "uuid.rfc4122"} {
		if slices.Contains(names, name) {
			t.Errorf("%s is allowed", name)
		}
	}
	for _, name := range []string{"object.get", "regex.match", "internal.member_2", "rego.metadata.chain"} {
		if !slices.Contains(names, name) {
			t.Errorf("%s is not allowed", name)
		}
	}
}
