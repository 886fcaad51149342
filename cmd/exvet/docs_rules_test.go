package main

import (
	"bytes"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/bundles"
	"github.com/exvet/exvet/internal/report"
)

// areas titles the parts of a server, by the middle of a rule's id.
var areas = map[string]string{
	"AMS": "AMSI providers", "DEP": "Deprecated methods", "EVT": "Event logs", "FIL": "Files", "IIS": "IIS configuration", "INJ": "Ways into processes",
	"ORG": "The organisation", "PRC": "Processes", "SIG": "Signatures", "SUP": "Supported methods", "SVC": "Services", "TRA": "Transport",
}

// TestDocsRules holds docs/rules to the rules: a page each, and an index. `make docs` writes them.
func TestDocsRules(t *testing.T) {
	core, err := bundles.Core()
	if err != nil {
		t.Fatal(err)
	}
	rules := slices.Clone(core.Rules)
	healthy := readFixture(t, "healthy")
	described := func(names []string, needs []string) []report.RuleFixture {
		var all []report.RuleFixture
		for _, name := range names {
			all = append(all, report.RuleFixture{Name: name, About: fixtureAbout(healthy, readFixture(t, name), needs)})
		}
		return all
	}
	want := map[string][]byte{}
	byArea := map[string][]exvet.About{}
	slices.SortFunc(rules, func(a, b bundles.Rule) int { return strings.Compare(a.ID, b.ID) })
	for _, rule := range rules {
		var page bytes.Buffer
		source := strings.TrimPrefix(filepath.ToSlash(rule.File), "policies/")
		finds, silent := testedOn(t, source)
		err := report.WriteRulePage(&page, report.RulePage{About: rule.About, Source: "../../policies/" + source,
			Finds: described(finds, rule.Needs), Silent: described(silent, rule.Needs)})
		if err != nil {
			t.Fatal(err)
		}
		want[rule.ID+".md"] = page.Bytes()
		area := strings.Split(rule.ID, "-")[1]
		byArea[area] = append(byArea[area], rule.About)
	}
	var list []report.RuleArea
	for area, abouts := range byArea {
		title := areas[area]
		if title == "" {
			t.Errorf("the area %s has no title: add one above", area)
		}
		list = append(list, report.RuleArea{Title: title, Rules: abouts})
	}
	slices.SortFunc(list, func(a, b report.RuleArea) int { return strings.Compare(a.Title, b.Title) })
	var index bytes.Buffer
	if err := report.WriteRuleIndex(&index, list); err != nil {
		t.Fatal(err)
	}
	want["README.md"] = index.Bytes()
	sameFolder(t, filepath.Join("..", "..", "docs", "rules"), want)
}

// testedOn lists the fixtures on which a rule's tests ask for subjects, and those on which they ask for none.
func testedOn(t *testing.T, source string) (finds, silent []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "policies", filepath.FromSlash(strings.TrimSuffix(source, ".rego")+"_test.rego")))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range regexp.MustCompile(`(?m)^\s*"([a-z0-9-]+)": (set\(\)|[{\[])`).FindAllStringSubmatch(string(text), -1) {
		if _, err := os.Stat(filepath.Join("..", "..", "policies", "fixtures", row[1], "snapshot.json")); err != nil {
			continue // a key of something else
		}
		if row[2] == "set()" {
			silent = append(silent, row[1])
		} else {
			finds = append(finds, row[1])
		}
	}
	slices.Sort(finds)
	slices.Sort(silent)
	finds, silent = slices.Compact(finds), slices.Compact(silent)
	silent = slices.DeleteFunc(silent, func(name string) bool { return slices.Contains(finds, name) })
	return finds, silent
}

// sameFolder holds the files of a folder to these, or with -update writes them and deletes strays.
func sameFolder(t *testing.T, folder string, want map[string][]byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if want[entry.Name()] != nil {
			continue
		}
		if !*update {
			t.Errorf("%s is the page of no rule: run make docs", path.Join("docs/rules", entry.Name()))
		} else if err := os.Remove(filepath.Join(folder, entry.Name())); err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range want {
		file := filepath.Join(folder, name)
		if *update {
			if err := os.WriteFile(file, content, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%s is stale (%v): run make docs", path.Join("docs/rules", name), err)
		}
	}
}
