package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// A ruleset is one set of rules in the forms the programs take: a core bundle for exvet and opa, and the same with a deny
// per rule package for conftest.
type ruleset struct {
	rules    int
	core     string // folder
	conftest string // folder
}

var (
	packageLine = regexp.MustCompile(`(?m)^package exvet\.rules\.([a-z_]+)\.(\w+)$`)
	idLine      = regexp.MustCompile(`(?m)^#   id: (.+)$`)
)

// writeRules makes a core of so many rules below folder out of policies: the words as they are, and as many rules, taken area by
// area in turn. Where there are not as many, rules come again under another name.
func writeRules(policies, folder string, n int) (ruleset, error) {
	set := ruleset{rules: n, core: filepath.Join(folder, "core"), conftest: filepath.Join(folder, "conftest")}
	byArea := map[string][]string{}
	err := fs.WalkDir(os.DirFS(policies), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (name == "fixtures" || name == "exvet/fixtures"):
			return fs.SkipDir
		case entry.IsDir() || strings.HasSuffix(name, "_test.rego"):
			return nil
		case strings.HasPrefix(name, "exvet/rules/") && filepath.Ext(name) == ".rego":
			area := strings.Split(name, "/")[2]
			byArea[area] = append(byArea[area], name)
			return nil
		case name == ".manifest" || filepath.Ext(name) == ".rego" || filepath.Base(name) == "data.json":
			return set.put(policies, name, name, func(text string) string { return text })
		}
		return nil
	})
	if err != nil {
		return ruleset{}, err
	}
	for i, name := range inTurn(byArea, n) {
		again := i / countAll(byArea)
		renamed := func(text string) string { return text }
		into := name
		if again > 0 {
			suffix := fmt.Sprintf("_again%d", again)
			into = strings.TrimSuffix(name, ".rego") + suffix + "/rule.rego"
			renamed = func(text string) string {
				text = packageLine.ReplaceAllString(text, "package exvet.rules.$1.${2}"+suffix)
				return idLine.ReplaceAllString(text, fmt.Sprintf("#   id: $1-N%d", again))
			}
		}
		if err := set.put(policies, name, into, renamed); err != nil {
			return ruleset{}, err
		}
		text, err := os.ReadFile(filepath.Join(set.core, into))
		if err != nil {
			return ruleset{}, err
		}
		rule := packageLine.FindStringSubmatch(string(text))
		if rule == nil {
			return ruleset{}, fmt.Errorf("%s: no package exvet.rules.AREA.NAME", into)
		}
		deny := fmt.Sprintf("package bench.deny%03d\n\ndeny contains concat(\": \", [finding.subject, finding.message]) if some finding in data.exvet.rules.%s.%s.findings\n", i, rule[1], rule[2])
		if err := write(filepath.Join(set.conftest, "deny", fmt.Sprintf("deny%03d.rego", i)), deny); err != nil {
			return ruleset{}, err
		}
	}
	return set, nil
}

func (s ruleset) put(from, name, into string, change func(string) string) error {
	text, err := os.ReadFile(filepath.Join(from, name))
	if err != nil {
		return err
	}
	for _, folder := range []string{s.core, s.conftest} {
		if folder == s.conftest && strings.HasPrefix(into, ".") {
			continue
		}
		if err := write(filepath.Join(folder, into), change(string(text))); err != nil {
			return err
		}
	}
	return nil
}

func write(file, text string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(text), 0o644)
}

func countAll(byArea map[string][]string) int {
	n := 0
	for _, names := range byArea {
		n += len(names)
	}
	return n
}

// inTurn takes one rule of each area after the other, until there are n; then from the start.
func inTurn(byArea map[string][]string, n int) []string {
	var areas, all []string
	for area, names := range byArea {
		areas = append(areas, area)
		slices.Sort(names)
	}
	slices.Sort(areas)
	for i := 0; len(all) < countAll(byArea); i++ {
		for _, area := range areas {
			if i < len(byArea[area]) {
				all = append(all, byArea[area][i])
			}
		}
	}
	var taken []string
	for i := range n {
		taken = append(taken, all[i%len(all)])
	}
	return taken
}
