package engine

import (
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/exvet/exvet"
)

// clues is what the facts say of the files that findings name, and of the services beside them.
type clues struct {
	root     string              // path key of the folder Exchange is installed in, or ""
	files    map[string]fileClue // by path key
	services []serviceClue
}

// A fileClue is one row of the table of binaries.
type fileClue struct {
	Key       string `json:"key"`
	Signature struct {
		Status   string `json:"status"`
		SubjectO string `json:"subject_o"`
		SubjectC string `json:"subject_cn"`
	} `json:"signature"`
	Version struct {
		Product        string `json:"product"`
		ProductVersion string `json:"product_version"`
		FileVersion    string `json:"file_version"`
	} `json:"version"`
}

// signed reports whether a valid signature names who made the file.
func (f fileClue) signed() bool {
	switch f.Signature.Status {
	case "valid", "valid-legacy-sha1", "catalog":
		return f.signer() != ""
	}
	return false
}

// signer is the organisation that signed the file, or the name on a certificate without one.
func (f fileClue) signer() string {
	if f.Signature.SubjectO != "" {
		return f.Signature.SubjectO
	}
	return f.Signature.SubjectC
}

type serviceClue struct {
	Name    string `json:"name"`
	PathKey string `json:"path_key"`
}

// readClues takes from the facts the rows that findings name, and no others: the table of binaries is large. A row that
// does not have its form tells nothing.
func readClues(input ast.Object, results []exvet.Result) clues {
	found := clues{files: map[string]fileClue{}}
	if root, err := input.Find(ast.Ref{ast.StringTerm("server"), ast.StringTerm("exchange_root")}); err == nil {
		if text, ok := root.(ast.String); ok {
			found.root = exvet.PathKey(string(text))
		}
	}
	for _, result := range results {
		for _, finding := range result.Findings {
			if finding.Binary != "" {
				found.files[finding.Binary] = fileClue{}
			}
		}
	}
	if len(found.files) == 0 {
		return found
	}
	rows(input, "binaries", func(row *ast.Term, key string) {
		var clue fileClue
		if _, wanted := found.files[key]; wanted && as(row, &clue) == nil {
			found.files[key] = clue
		}
	})
	folders := map[string]bool{}
	for file := range found.files {
		folders[found.folder(file)] = true
	}
	rows(input, "services", func(row *ast.Term, _ string) {
		path, err := text(row.Value.(ast.Object), "path_key")
		if err != nil || path == "" {
			return
		}
		_, named := found.files[path]
		var clue serviceClue
		if folder := found.folder(path); (named || folder != "" && folders[folder]) && as(row, &clue) == nil {
			found.services = append(found.services, clue)
		}
	})
	return found
}

// rows calls visit for each row of the list of a section, with its key.
func rows(input ast.Object, section string, visit func(row *ast.Term, key string)) {
	list, err := input.Find(ast.Ref{ast.StringTerm("facts"), ast.StringTerm(section), ast.StringTerm("list")})
	if err != nil {
		return
	}
	array, ok := list.(*ast.Array)
	if !ok {
		return
	}
	array.Foreach(func(row *ast.Term) {
		object, ok := row.Value.(ast.Object)
		if !ok {
			return
		}
		if key, err := text(object, "key"); err == nil {
			visit(row, key)
		}
	})
}

// parts fills in what belongs to an integration: services, modules, agents and entries of the registry.
func (g *group) parts(entry *exvet.Integration, facts clues) {
	services, modules, agents, registry := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, finding := range g.findings {
		kind, rest, _ := strings.Cut(finding.Subject, ":")
		name := rest[strings.LastIndex(rest, ":")+1:]
		switch kind {
		case "service":
			services[rest] = true
		case "module", "filter", "handler":
			modules[name] = true
		case "global-module":
			modules[rest] = true
		case "agent":
			agents[rest] = true
		}
		for _, evidence := range finding.Evidence {
			if key, ok := strings.CutPrefix(evidence.Ref, "registry:"); ok {
				registry[key] = true
			}
		}
	}
	for _, service := range facts.services {
		if g.files[service.PathKey] || g.folders[facts.folder(service.PathKey)] {
			services[service.Name] = true
		}
	}
	entry.Services, entry.Modules = sortedKeys(services), sortedKeys(modules)
	entry.Agents, entry.Registry = sortedKeys(agents), sortedKeys(registry)
}

// sortedKeys is never nil: JSON shows an empty list.
func sortedKeys(set map[string]bool) []string {
	return slices.AppendSeq([]string{}, slices.Values(slices.Sorted(maps.Keys(set))))
}

// programFolders are where each folder is a vendor's, with one a product below it.
var programFolders = exvet.Pattern(`^[a-z]:\\(program files( \(x86\))?|programdata)\\[^\\]+(\\[^\\]+)?\\`)

// sharedFolders hold files of many products.
var sharedFolders = exvet.Pattern(`^[a-z]:\\(windows|inetpub|users|temp|program files( \(x86\))?\\(common files|microsoft\\exchange server|iis))(\\|$)`)

// folder is the folder a product that has this file is likely installed in, or "" where many products lie.
func (c clues) folder(file string) string {
	if sharedFolders().MatchString(file) || c.root != "" && strings.HasPrefix(file, c.root+`\`) {
		return ""
	}
	if folder := programFolders().FindString(file); folder != "" {
		return strings.TrimSuffix(folder, `\`)
	}
	at := strings.LastIndex(file, `\`)
	if at <= len(`c:`) || len(file) < 2 || file[1] != ':' {
		return "" // the root of a drive, or no drive
	}
	return file[:at]
}

// legalForms are words of a company's name that say nothing of which it is.
var legalForms = []string{
	"the", "inc", "incorporated", "ltd", "limited", "llc", "gmbh", "corporation", "corp", "co", "company", "ab", "ag", "sa", "bv", "srl", "oy", "plc", "software",
}

var wordPattern = exvet.Pattern(`[\pL\pN]+`)

// sameVendor reports whether two spellings of a company's name begin with the same word, forms of companies left out.
func sameVendor(a, b string) bool {
	first := func(name string) string {
		for _, word := range wordPattern().FindAllString(strings.ToLower(name), -1) {
			if !slices.Contains(legalForms, word) {
				return word
			}
		}
		return ""
	}
	return first(a) != "" && first(a) == first(b)
}
