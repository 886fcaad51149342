package authoring

import (
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/exvet/exvet/bundles"
)

// enriches lists facts that only say more of what a rule found without them: where they were not seen it finds the same.
var enriches = map[string][]string{
	"EXV-EVT-001": { // what is in the pool today, and who called
		"events.impersonated_callers", "iis.apps", "iis.directories", "iis.global_modules", "iis.modules", "iis.pools", "iis.settings", "iis.sites",
	},
	"EXV-EVT-001C": {"events.impersonated_callers"},
	"EXV-IIS-001":  {"iis.directories", "iis.modules"}, // where the module is called
	"EXV-INJ-024":  {"iis.handlers", "iis.modules"},    // whether IIS uses the assembly
	"EXV-SUP-002":  {"organisation.ews_callers"},       // when the account last called
	"EXV-SUP-002B": {"organisation.ews_callers"},
	"EXV-INJ-032":  {"events.crashes"}, // whether a process crashed in the module
}

// TestCoreNeeds holds the embedded rules to what lint asks of an organisation's: each names the facts it reads, or it would
// be clear where it is unknown. A rule names the part of the table of binaries it looks into, "binaries.iis", and the folder of
// Exchange only where it goes by it: without the folder a file in it is one of nobody's.
func TestCoreNeeds(t *testing.T) {
	core, err := bundles.Core()
	if err != nil {
		t.Fatal(err)
	}
	d := newDirectory("", core, core)
	compiler, problems, err := d.compiled(nil)
	if err != nil || len(problems) > 0 {
		t.Fatalf("compile: %v %v", err, problems)
	}
	read := factsReader(compiler.Compiler)
	for _, rule := range core.Rules {
		for _, fact := range read(compiler.GetRules(ast.MustParseRef("data." + rule.Package + ".findings"))) {
			switch {
			case fact == "exchange.root", strings.HasPrefix(fact, "binaries."), slices.Contains(enriches[rule.ID], fact):
			case !slices.ContainsFunc(rule.Needs, func(need string) bool { return covers(need, fact) }):
				t.Errorf("%s reads %s and does not need it", rule.ID, fact)
			}
		}
	}
}
