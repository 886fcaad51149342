package authoring

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/exvet/exvet/bundles"
)

var update = flag.Bool("update", false, "write docs/rule-api.md")

// TestRuleAPI holds docs/rule-api.md to the words the core promises: each is there, says what it is for, and names the facts it
// reads, which a rule that uses it needs.
func TestRuleAPI(t *testing.T) {
	core, err := bundles.Core()
	if err != nil {
		t.Fatal(err)
	}
	compiler := ast.NewCompiler()
	if compiler.Compile(core.Modules); compiler.Failed() {
		t.Fatal(compiler.Errors)
	}
	about := map[string]string{}
	for _, module := range core.Modules {
		for _, note := range module.Annotations {
			about[strings.TrimPrefix(note.GetTargetPath().String(), "data.")] = strings.Join(strings.Fields(note.Description), " ")
		}
	}
	var page bytes.Buffer
	fmt.Fprintf(&page, apiHead, bundles.APIVersion)
	pkg := ""
	for _, word := range bundles.API() {
		ref := ast.MustParseRef("data." + word)
		rules := compiler.GetRules(ref)
		if len(rules) == 0 || about[word] == "" {
			t.Errorf("%s is promised, and the core holds no such word with a description", word)
			continue
		}
		if here := word[:strings.LastIndex(word, ".")]; here != pkg {
			pkg = here
			fmt.Fprintf(&page, "\n## data.%s\n\n%s\n\n| word | what it is | facts it reads |\n| --- | --- | --- |\n", pkg, about[pkg])
		}
		fmt.Fprintf(&page, "| `%s` | %s | %s |\n", called(word, core.Modules), strings.ReplaceAll(about[word], "|", `\|`),
			strings.Join(factsReader(compiler)(rules), ", "))
	}
	file := filepath.Join("..", "..", "docs", "rule-api.md")
	if *update {
		if err := os.WriteFile(file, page.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, page.Bytes()) {
		t.Errorf("%s is not what bundles.API says (run go test ./internal/authoring -run TestRuleAPI -update)", file)
	}
}

const apiHead = `# Words of the core that rules may use

What an organisation's rules may refer to in exvet's own policies, version %d. These words are stable within a major version of
exvet: words are added, none changes its meaning or goes. A bundle that uses others is not loaded (` + "`bundle/core-word`" + `), so that no
rule stands in the way of an update. A rule names in ` + "`needs`" + ` the facts it reads and those its words read.

This page is drawn from the policies by a test.
`

// called writes a word as it is called, with the names of its arguments.
func called(word string, modules map[string]*ast.Module) string {
	short := word[strings.LastIndex(word, ".")+1:]
	name := short
	for _, file := range sortedFiles(modules) {
		module := modules[file]
		for _, rule := range module.Rules {
			if module.Package.Path.String()+"."+string(rule.Head.Name) != "data."+word || len(rule.Head.Args) == 0 || rule.Default {
				continue
			}
			var names []string
			constant := false
			for _, arg := range rule.Head.Args {
				names, constant = append(names, arg.String()), constant || ast.IsConstant(arg.Value)
			}
			if name == short || !constant {
				name = short + "(" + strings.Join(names, ", ") + ")"
			}
		}
	}
	return name
}
