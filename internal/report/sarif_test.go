package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/exvet/exvet"
)

var compiledSARIF struct {
	once   sync.Once
	schema *jsonschema.Schema
}

// fitsSARIF holds a document to the schema of SARIF 2.1.0, formats included.
func fitsSARIF(t *testing.T, document []byte) {
	t.Helper()
	compiledSARIF.once.Do(func() {
		source, err := jsonschema.UnmarshalJSON(bytes.NewReader(sarifSchema(t)))
		if err != nil {
			t.Fatal(err)
		}
		compiler := jsonschema.NewCompiler()
		compiler.AssertFormat()
		if err := compiler.AddResource("sarif.json", source); err != nil {
			t.Fatal(err)
		}
		compiledSARIF.schema = compiler.MustCompile("sarif.json")
	})
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiledSARIF.schema.Validate(instance); err != nil {
		t.Errorf("no SARIF 2.1.0: %v", err)
	}
}

// TestSARIFTakenByGitHub holds a log to what GitHub asks for beyond the schema.
func TestSARIFTakenByGitHub(t *testing.T) {
	r := waivedSample()
	r.Servers = append(r.Servers, r.Servers[0]) // the same server twice
	var b bytes.Buffer
	if err := Write(&b, "sarif", r, Options{}); err != nil {
		t.Fatal(err)
	}
	fitsSARIF(t, b.Bytes())
	var log sarifLog
	if err := json.Unmarshal(b.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	categories := map[string]bool{}
	for _, run := range log.Runs {
		if categories[run.Automation.ID] {
			t.Errorf("two runs of category %q", run.Automation.ID)
		}
		categories[run.Automation.ID] = true
		if !run.Invocations[0].Successful {
			t.Error("a run that is not successful is refused")
		}
		if len(run.Invocations[0].Notifications) == 0 {
			t.Error("what was not seen is not said")
		}
		prints := map[string]bool{}
		for _, result := range run.Results {
			rule := run.Tool.Driver.Rules[result.RuleIndex]
			if rule.ID != result.RuleID {
				t.Errorf("rule %d is %s, want %s", result.RuleIndex, rule.ID, result.RuleID)
			}
			if len(result.Locations) != 1 || result.Locations[0].Physical == nil || result.Locations[0].Physical.Artifact.URI == "" {
				t.Errorf("%s has no physical location", result.RuleID)
			}
			print := result.Fingerprints["primaryLocationLineHash"]
			if print == "" || prints[print] {
				t.Errorf("%s: fingerprint %q is none or taken", result.RuleID, print)
			}
			prints[print] = true
			score := rule.Properties["security-severity"]
			if info := rule.Configuration.Level == "none"; info != (score == nil) {
				t.Errorf("%s: level %s, security-severity %v", rule.ID, rule.Configuration.Level, score)
			}
		}
	}
}

// TestSARIFFingerprints: a finding that moved to another line is the same one, one of another server is not.
func TestSARIFFingerprints(t *testing.T) {
	prints := func(change func(*exvet.Report)) string {
		r := sample()
		change(r)
		var b bytes.Buffer
		if err := Write(&b, "sarif", r, Options{}); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(regexp.MustCompile(`"primaryLocationLineHash": "[^"]*"`).FindAllString(b.String(), -1))
	}
	want := prints(func(*exvet.Report) {})
	moved := prints(func(r *exvet.Report) {
		for i := range r.Servers[0].Results {
			for j := range r.Servers[0].Results[i].Findings {
				f := &r.Servers[0].Results[i].Findings[j]
				f.Evidence, f.Message = []exvet.Evidence{{Ref: `file:C:\moved.config:999`}}, "said otherwise"
			}
		}
	})
	if moved != want {
		t.Errorf("a finding that moved is another: got %s, want %s", moved, want)
	}
	if other := prints(func(r *exvet.Report) { r.Servers[0].Server.Name = "EX02" }); other == want {
		t.Error("the findings of two servers are the same")
	}
}

func TestURI(t *testing.T) {
	tests := []struct{ ref, want string }{
		{`file:C:\Windows\System32\inetsrv\config\applicationHost.config`, "file:///C:/Windows/System32/inetsrv/config/applicationHost.config"},
		{`file:C:\Program Files\100%\a#b?c.config`, "file:///C:/Program%20Files/100%25/a%23b%3Fc.config"},
		{`file:C:\Ünï\日本.config`, "file:///C:/%C3%9Cn%C3%AF/%E6%97%A5%E6%9C%AC.config"},
		{`file:\\files\share\web.config`, "file://files/share/web.config"},
		{`file:web.config`, "file:///web.config"},
		{`file:`, "file:///"},
		{`registry:HKLM\SOFTWARE\A!B`, "registry/HKLM/SOFTWARE/A%21B"},
		{`event:Application/4999#41002`, "event/Application/4999%2341002"},
		{`process:812`, "process/812"},
		{"odd", "odd/"},
		{"a\xff:b", "a%FF/b"},
	}
	for _, tt := range tests {
		if got := uri(tt.ref); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.ref, got, tt.want)
		}
	}
}

func TestSplitLine(t *testing.T) {
	tests := []struct {
		ref, path string
		line      int
	}{
		{`file:C:\a.config:38`, `file:C:\a.config`, 38},
		{`file:C:\a.config`, `file:C:\a.config`, 0},
		{`file:C:\a.config:0`, `file:C:\a.config:0`, 0},
		{`file:C:\a.config:-3`, `file:C:\a.config:-3`, 0},
		{`file:C:\a.config:99999999999999999999`, `file:C:\a.config:99999999999999999999`, 0},
		{`registry:HKLM\A!B:3`, `registry:HKLM\A!B:3`, 0},
	}
	for _, tt := range tests {
		if path, line := splitLine(tt.ref); path != tt.path || line != tt.line {
			t.Errorf("%q: got %q, %d, want %q, %d", tt.ref, path, line, tt.path, tt.line)
		}
	}
}
