package authoring

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/bundles"
)

//go:embed scaffold/*.tmpl
var scaffolds embed.FS

// A NewRule says what to scaffold. Only the id has to be given where the directory holds an organisation already.
type NewRule struct {
	ID    string // "ACME-IIS-001"
	Org   string // "acme"; "" is the one the directory belongs to
	Area  string // folder and package below rules: "iis"; "" follows from the id
	Name  string // folder, package and files: "tracing_module"; "" follows from the title or the id
	Title string // one line: what is found
}

// What names may look like: they are parts of Rego packages and of paths.
var (
	orgForm  = exvet.Pattern(`^[a-z][a-z0-9_]{0,62}$`)
	idForm   = exvet.Pattern(`^[A-Z][A-Z0-9]*(-[A-Z0-9]+)+$`)
	notWord  = exvet.Pattern(`[^a-z0-9]+`)
	reserved = []string{"as", "contains", "data", "default", "else", "every", "false", "if", "import", "in", "input", "not", "null",
		"package", "rule", "set", "some", "true", "with", "and", "or"}
)

// longest is how many characters of a title make a name: lines of the test stay short enough for linters.
const longest = 30

// areas tells by the second part of an id what the folder of such rules is called.
func areas() map[string]string {
	return map[string]string{
		"IIS": "iis", "SVC": "service", "INJ": "injection", "EVT": "event", "AMSI": "amsi", "TRA": "transport", "PRC": "process",
		"FIL": "files", "SIG": "binary", "PRB": "probe",
	}
}

// New scaffolds a rule, its test and its fixtures in dir, and gives the files written. They lint and pass at once. A file that is
// there is never overwritten.
func New(ctx context.Context, dir string, wanted NewRule) ([]string, error) {
	if err := wanted.complete(dir); err != nil {
		return nil, err
	}
	if err := unused(ctx, dir, wanted.ID); err != nil {
		return nil, err
	}
	kind := "module"
	if wanted.Area == "service" {
		kind = "service"
	}
	folder := filepath.Join(dir, "org", wanted.Org, "rules", wanted.Area, wanted.Name)
	files := []struct{ path, template string }{
		{filepath.Join(folder, wanted.Name+".rego"), kind + ".rego.tmpl"},
		{filepath.Join(folder, wanted.Name+"_test.rego"), kind + "_test.rego.tmpl"},
		{filepath.Join(folder, fixturesFile), kind + ".jsonnet.tmpl"},
	}
	for _, file := range files {
		if _, err := os.Lstat(file.path); !errors.Is(err, fs.ErrNotExist) {
			return nil, exvet.Refuse("rule/exists", "%s is there already; pass another --name, or remove it", file.path)
		}
	}
	written := []string{}
	manifest := filepath.Join(dir, ".manifest")
	if _, err := os.Lstat(manifest); errors.Is(err, fs.ErrNotExist) {
		content := fmt.Sprintf("{\"roots\": [\"org/%s\"]}\n", wanted.Org)
		if err := write(manifest, []byte(content)); err != nil {
			return nil, err
		}
		written = append(written, manifest)
	}
	texts, err := template.ParseFS(scaffolds, "scaffold/*.tmpl")
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		var out bytes.Buffer
		if err := texts.ExecuteTemplate(&out, file.template, wanted.words()); err != nil {
			return nil, err
		}
		if err := write(file.path, out.Bytes()); err != nil {
			return written, err
		}
		written = append(written, file.path)
	}
	d := &directory{path: filepath.Clean(dir)}
	rendered, err := d.renderOne(path.Join("org", wanted.Org, "rules", wanted.Area, wanted.Name, fixturesFile))
	return append(written, rendered...), err
}

// write makes a file that is not there, with the folders it lies in.
func write(path string, content []byte) error {
	err := os.MkdirAll(filepath.Dir(path), 0o777)
	if err == nil {
		var file *os.File
		if file, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666); err == nil {
			_, err = file.Write(content)
			err = errors.Join(err, file.Close())
		}
	}
	if err != nil {
		return &exvet.Refusal{Code: exvet.ExitFailure, Reason: "output/unwritable", Err: fmt.Errorf("write %q: %w", path, err)}
	}
	return nil
}

// complete fills in what was not given and refuses what does not fit.
func (n *NewRule) complete(dir string) error {
	if !idForm().MatchString(n.ID) {
		return exvet.Refuse("rule/id", "%q is no id of a rule; write it as ACME-IIS-001", n.ID)
	}
	if strings.HasPrefix(n.ID, "EXV-") {
		return exvet.Refuse("rule/id", "%q is an id of exvet's own; begin with the name of the organisation: ACME-IIS-001", n.ID)
	}
	if n.Org == "" {
		org, err := onlyOrg(dir)
		if err != nil {
			return err
		}
		n.Org = org
	}
	if !orgForm().MatchString(n.Org) {
		return exvet.Refuse("rule/org", "--org %q does not fit: use lower-case letters, digits and _, as in acme", n.Org)
	}
	if other, err := onlyOrg(dir); err == nil && other != n.Org {
		return exvet.Refuse("bundle/root-claimed", "%s belongs to org/%s; a directory holds one organisation, give org/%s one of its own", dir, other, n.Org)
	}
	if n.Area == "" {
		n.Area = "custom"
		if parts := strings.Split(n.ID, "-"); len(parts) > 2 {
			if area, ok := areas()[parts[1]]; ok {
				n.Area = area
			}
		}
	}
	if n.Name == "" {
		n.Name = strings.Trim(notWord().ReplaceAllString(strings.ToLower(n.Title), "_"), "_")
	}
	if n.Name == "" || n.Name[0] < 'a' {
		n.Name = notWord().ReplaceAllString(strings.ToLower(n.ID), "_")
	}
	if len(n.Name) > longest {
		n.Name = strings.TrimRight(n.Name[:longest], "_")
	}
	for _, part := range []struct{ flag, value string }{{"area", n.Area}, {"name", n.Name}} {
		if !orgForm().MatchString(part.value) || slices.Contains(reserved, part.value) {
			return exvet.Refuse("rule/name", "--%s %q does not fit: use lower-case letters, digits and _, and no word of Rego", part.flag, part.value)
		}
	}
	if strings.HasSuffix(n.Name, "_test") {
		return exvet.Refuse("rule/name", "--name %q does not fit: files that end in _test.rego are tests", n.Name)
	}
	if n.Title = strings.Join(strings.Fields(n.Title), " "); n.Title == "" {
		n.Title = "Say here in one line what is found"
	}
	return nil
}

// onlyOrg gives the organisation a directory holds.
func onlyOrg(dir string) (string, error) {
	entries, err := os.ReadDir(filepath.Join(dir, "org"))
	if err == nil {
		entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return !e.IsDir() || strings.HasPrefix(e.Name(), ".") })
	}
	if len(entries) != 1 {
		return "", exvet.Refuse("rule/org", "no --org given, and %q holds %d organisations; pass --org acme", filepath.Join(dir, "org"), len(entries))
	}
	return entries[0].Name(), nil
}

// unused refuses an id that another rule has. What else is wrong in the directory is for lint to say.
func unused(ctx context.Context, dir, id string) error {
	core, err := bundles.Core()
	if err != nil {
		return err
	}
	known := core.Rules
	if own, _ := bundles.Load(ctx, dir); own != nil {
		known = slices.Concat(known, own.Rules)
	}
	for _, rule := range known {
		if rule.ID == id {
			return exvet.Refuse("bundle/duplicate-id", "id %q is that of %s:%d; give each rule its own", id, rule.File, rule.Line)
		}
	}
	return ctx.Err()
}

// A scaffoldWords is what templates know.
type scaffoldWords struct {
	ID, Title, Package, Name, Fixture string
	Word, Key                         string // of the example: "Acme", "acme"
}

func (n *NewRule) words() scaffoldWords {
	key := strings.ReplaceAll(n.Org, "_", "")
	return scaffoldWords{
		ID: n.ID, Title: quoted(n.Title), Package: fmt.Sprintf("org.%s.rules.%s.%s", n.Org, n.Area, n.Name), Name: n.Name,
		Fixture: strings.ToLower(n.ID), Word: strings.ToUpper(key[:1]) + key[1:], Key: key,
	}
}

// quoted writes a title so that YAML takes it for text.
func quoted(title string) string {
	if regexp.MustCompile(`^[A-Za-z]+ [A-Za-z0-9 ,.()/'-]*$`).MatchString(title) {
		return title
	}
	return "'" + strings.ReplaceAll(title, "'", "''") + "'"
}
