package jsonnet

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// files is a root that holds one of everything.
func files() fstest.MapFS {
	root := fstest.MapFS{}
	for name, text := range map[string]string{
		"main.jsonnet":       "local l = import 'lib/pool.libsonnet';\nl.pool(name='owa') { n: 1 }\n",
		"lib/pool.libsonnet": "local d = import '../defaults.json';\n{ pool(name):: d { name: name } }\n",
		"defaults.json":      `{"name": "", "z": [], "a": {}}`,
		"args.jsonnet":       "function(who, n=1) { who: who, n: n, site: std.extVar('site'), deep: std.extVar('deep') }",
		"absolute.jsonnet":   "{}\n+ import '/etc/passwd'",
		"drive.jsonnet":      "import 'C:/x.jsonnet'",
		"climb.jsonnet":      "import '../secret.jsonnet'",
		"climbstr.jsonnet":   "importstr 'lib/../../secret'",
		"inside.jsonnet":     "import 'lib/../defaults.json'",
		"missing.jsonnet":    "{ a: 1,\n  b: import 'nowhere.libsonnet' }",
		"syntax.jsonnet":     "{\n  a: 1\n  b: 2,\n}",
		"unbound.jsonnet":    "{\n  a: nobody,\n}",
		"fails.jsonnet":      "{\n  a:\n    error 'no pool\\nfor you',\n}",
		"deep.jsonnet":       "local f(n) = 1 + f(n + 1); f(0)",
		"nested.jsonnet":     strings.Repeat("[", maxDepth) + "1" + strings.Repeat("]", maxDepth),
		"signs.jsonnet":      "{ a: 1 }.a" + strings.Repeat(" + 1", maxDepth),
		"slow.jsonnet":       "std.foldl(function(a, b) a + b, std.range(0, 100000000), 0)",
		"wide.jsonnet":       "std.repeat('x', 5000)",
		"deepimport.jsonnet": "{\n  a: import 'nested.jsonnet' }",
		"bigsource.jsonnet":  "1" + strings.Repeat(" ", maxSource),
		"function.jsonnet":   "{ f: function(x) x }",
		"trace.jsonnet":      "std.trace('seen', 1)",
		"utf8.json":          "\ufeff{\"é\": 1.50, \"b\": 12345678901234567890}",
		"repeated.json":      "{\n\"a\": 1,\n\"a\": 2}",
		"two.json":           "{}\n{}",
		"broken.json":        "{\n  \"a\": ,\n}",
		"empty.json":         "",
		"waivers.yaml":       "---\n# ours\n- rule: EXV-IIS-030\n  expires: 2026-12-31\n  n: 2\n",
		"repeated.yml":       "a: 1\nb: 2\na: 3\n",
		"two.yaml":           "a: 1\n---\nb: 2\n",
		"broken.yaml":        "a:\n  - b\n c: [\n",
		"self.yaml":          "a: &a [*a]", "tag.yaml": "a: !secret b", "empty.yaml": "# nothing\n", "nan.yaml": "a: .nan",
		"merge.yaml":             "a: &a {b: 1}\nc: {<<: *a}\n",
		"bomb.yaml":              bomb(),
		"dir.jsonnet/in.jsonnet": "{}",
	} {
		root[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return root
}

// bomb is YAML that grows tenfold with each of its lines.
func bomb() string {
	var b strings.Builder
	b.WriteString("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n")
	for i := range 9 {
		from, to := string(rune('0'+i)), string(rune('1'+i))
		b.WriteString("a" + to + ": &a" + to + " [" + strings.Repeat("*a"+from+",", 9) + "*a" + from + "]\n")
	}
	return b.String()
}

func TestEvaluate(t *testing.T) {
	tests := []struct {
		name    string
		file    string
		options Options
		want    string
		wantErr string // how the error begins
	}{
		{name: "jsonnet with imports", file: "main.jsonnet", want: `{"a":{},"n":1,"name":"owa","z":[]}`},
		{name: "import that stays inside", file: "inside.jsonnet", want: `{"a":{},"name":"","z":[]}`},
		{
			name: "values from outside", file: "args.jsonnet",
			options: Options{
				ExtVars: map[string]string{"site": "a'b"}, ExtCode: map[string]string{"deep": "{ x: 1 + 1 }"},
				TLAVars: map[string]string{"who": "me"}, TLACode: map[string]string{"n": "[2]"},
			},
			want: `{"deep":{"x":2},"n":[2],"site":"a'b","who":"me"}`,
		},
		{name: "json keeps order and numbers", file: "utf8.json", want: `{"é":1.50,"b":12345678901234567890}`},
		{name: "yaml keeps dates", file: "waivers.yaml", want: `[{"expires":"2026-12-31","n":2,"rule":"EXV-IIS-030"}]`},
		{name: "name that climbs", file: "../main.jsonnet", wantErr: `evaluate "../main.jsonnet": not a name inside the root`},
		{name: "absolute name", file: "/main.jsonnet", wantErr: `evaluate "/main.jsonnet": not a name inside the root`},
		{name: "missing file", file: "none.jsonnet", wantErr: `none.jsonnet: open none.jsonnet: `},
		{name: "missing yaml", file: "none.yaml", wantErr: `open none.yaml: `},
		{name: "absolute import", file: "absolute.jsonnet", wantErr: `absolute.jsonnet:2: import "/etc/passwd": absolute`},
		{name: "import by drive", file: "drive.jsonnet", wantErr: `drive.jsonnet:1: import "C:/x.jsonnet": absolute`},
		{name: "import that climbs", file: "climb.jsonnet", wantErr: `climb.jsonnet:1: import "../secret.jsonnet": leads outside`},
		{name: "importstr that climbs", file: "climbstr.jsonnet", wantErr: `climbstr.jsonnet:1: import "lib/../../secret": leads outside`},
		{name: "missing import", file: "missing.jsonnet", wantErr: `missing.jsonnet:2: open nowhere.libsonnet: `},
		{name: "syntax", file: "syntax.jsonnet", wantErr: `syntax.jsonnet:3: `},
		{name: "unbound name", file: "unbound.jsonnet", wantErr: `unbound.jsonnet:2: Unknown variable: nobody`},
		{name: "runtime error on one line", file: "fails.jsonnet", wantErr: `fails.jsonnet:3: no pool for you`},
		{name: "missing argument", file: "args.jsonnet", wantErr: `args.jsonnet: `},
		{name: "function is no JSON", file: "function.jsonnet", wantErr: `function.jsonnet`},
		{name: "endless recursion", file: "deep.jsonnet", wantErr: `deep.jsonnet:1: max stack frames exceeded.`},
		{name: "brackets", file: "nested.jsonnet", wantErr: `nested.jsonnet:1: nested deeper than 500 expressions`},
		{name: "operators", file: "signs.jsonnet", wantErr: `signs.jsonnet:1: nested deeper than 500 expressions`},
		{name: "import of brackets", file: "deepimport.jsonnet", wantErr: `nested.jsonnet:1: nested deeper than 500 expressions`},
		{name: "source too large", file: "bigsource.jsonnet", wantErr: `bigsource.jsonnet: file is larger than 1048576 bytes`},
		{
			name: "too long", file: "slow.jsonnet", options: Options{Timeout: 20 * time.Millisecond},
			wantErr: `slow.jsonnet: evaluation took longer than 20ms`,
		},
		{
			name: "too much", file: "wide.jsonnet", options: Options{MaxSize: 4096},
			wantErr: `wide.jsonnet: its value is larger than 4096 bytes`,
		},
		{name: "file too large", file: "bomb.yaml", options: Options{MaxSize: 100}, wantErr: `bomb.yaml: file is larger than 100 bytes`},
		{name: "folder", file: "dir.jsonnet", wantErr: `dir.jsonnet: `},
		{name: "repeated json key", file: "repeated.json", wantErr: `repeated.json:3: `},
		{name: "two json values", file: "two.json", wantErr: `two.json:2: `},
		{name: "broken json", file: "broken.json", wantErr: `broken.json:2: `},
		{name: "empty json", file: "empty.json", wantErr: `empty.json:1: `},
		{name: "repeated yaml key", file: "repeated.yml", wantErr: `repeated.yml:3: `},
		{name: "two yaml documents", file: "two.yaml", wantErr: `two.yaml:2: second YAML document`},
		{name: "broken yaml", file: "broken.yaml", wantErr: `broken.yaml:`},
		{name: "yaml that holds itself", file: "self.yaml", wantErr: `self.yaml:1: nested deeper than 500`},
		{name: "yaml merge", file: "merge.yaml", wantErr: `merge.yaml:2: key "<<" is not a plain name`},
		{name: "yaml tag", file: "tag.yaml", wantErr: `tag.yaml:1: tag "!secret" has no JSON form`},
		{name: "empty yaml", file: "empty.yaml", wantErr: `empty.yaml:1: file is empty`},
		{name: "yaml not a number", file: "nan.yaml", wantErr: `nan.yaml: value is not JSON`},
		{name: "yaml bomb", file: "bomb.yaml", wantErr: `bomb.yaml:1: more than 500000 values`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := Evaluate(files(), test.file, test.options)
			if test.wantErr != "" {
				if err == nil || !strings.HasPrefix(err.Error(), test.wantErr) || strings.Contains(err.Error(), "\n") {
					t.Fatalf("got error %q, want one line that begins with %q", err, test.wantErr)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got, want := compact(t, got), test.want; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func compact(t *testing.T, value []byte) string {
	t.Helper()
	var out bytes.Buffer
	if err := json.Compact(&out, value); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestEvaluateLayout(t *testing.T) {
	want := "{\n  \"a\": [\n    1\n  ]\n}\n"
	for _, file := range []string{"a.jsonnet", "a.json", "a.yaml"} {
		t.Run(file, func(t *testing.T) {
			root := fstest.MapFS{file: {Data: []byte(`{"a":[1]}`)}}
			got, err := Evaluate(root, file, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestEvaluateTrace(t *testing.T) {
	var trace bytes.Buffer
	if _, err := Evaluate(files(), "trace.jsonnet", Options{Trace: &trace}); err != nil {
		t.Fatal(err)
	}
	if got := trace.String(); !strings.Contains(got, "trace.jsonnet:1 seen") {
		t.Errorf("got trace %q, want the place and the text", got)
	}
}

func TestEvaluateOnDisk(t *testing.T) {
	folder := t.TempDir()
	outside := filepath.Join(t.TempDir(), "secret.json")
	for name, text := range map[string]string{
		outside:                                `{"secret": true}`,
		filepath.Join(folder, "main.jsonnet"):  "{\n  a: import 'link.json' }",
		filepath.Join(folder, "plain.jsonnet"): "import 'main.json'",
		filepath.Join(folder, "main.json"):     `{"a": 1}`,
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(outside, filepath.Join(folder, "link.json")); err != nil {
		t.Skipf("this machine makes no links: %v", err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	tests := []struct{ name, file, want, wantErr string }{
		{name: "inside", file: "plain.jsonnet", want: `{"a":1}`},
		{name: "link that leads outside", file: "main.jsonnet", wantErr: `main.jsonnet:2: openat link.json: `},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := Evaluate(root.FS(), test.file, Options{})
			if test.wantErr != "" {
				if err == nil || !strings.HasPrefix(err.Error(), test.wantErr) {
					t.Errorf("got error %v, want one that begins with %q", err, test.wantErr)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := compact(t, got); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// TestReader: files that import the same library have it evaluated once, and one that fails leaves the others as they are.
func TestReader(t *testing.T) {
	var trace bytes.Buffer
	library := fstest.MapFS{
		"server.libsonnet": {Data: []byte("{ value: std.trace('evaluated', import 'more.libsonnet') }.value")},
		"more.libsonnet":   {Data: []byte("{ a: 1 }")},
	}
	root := fstest.MapFS{
		"deep/below/one.jsonnet": {Data: []byte("(import 'lib/server.libsonnet') { b: 1 }")},
		"two.jsonnet":            {Data: []byte("(import 'lib/server.libsonnet') { b: 2 }")},
		"bad.jsonnet":            {Data: []byte("(import 'lib/server.libsonnet') {\n  b: error 'no' }")},
		"missing.jsonnet":        {Data: []byte("import 'lib/none.libsonnet'")},
		"out.jsonnet":            {Data: []byte("import 'lib/../../out.json'")},
		"lib/none.libsonnet":     {Data: []byte("'a folder of the root is not the library'")},
		"plain.json":             {Data: []byte("[1]")},
	}
	reader := NewReader(root, Options{Trace: &trace, Library: map[string]fs.FS{"lib": library}})
	for _, test := range []struct{ file, want, wantErr string }{
		{"deep/below/one.jsonnet", `{"a":1,"b":1}`, ""},
		{"bad.jsonnet", "", "bad.jsonnet:2: no"},
		{"missing.jsonnet", "", "none.libsonnet: file does not exist"},
		{"out.jsonnet", "", "leads outside the root"},
		{"two.jsonnet", `{"a":1,"b":2}`, ""},
		{"plain.json", `[1]`, ""},
		{"lib/server.libsonnet", `{"a":1}`, ""},
	} {
		got, err := reader.Evaluate(test.file)
		if (err == nil) != (test.wantErr == "") || err != nil && !strings.Contains(err.Error(), test.wantErr) {
			t.Errorf("%s: got error %v, want %q", test.file, err, test.wantErr)
		}
		if err == nil && compact(t, got) != test.want {
			t.Errorf("%s: got %s, want %s", test.file, got, test.want)
		}
	}
	if got := strings.Count(trace.String(), "evaluated"); got > 2 { // as an import, and as a file
		t.Errorf("the library was evaluated %d times: %s", got, trace.String())
	}
}

// TestReaderTimeout: a file that takes too long is left behind, and the next one is evaluated.
func TestReaderTimeout(t *testing.T) {
	root := stuck{fstest.MapFS{"short.jsonnet": {Data: []byte("1")}}, make(chan struct{})}
	defer close(root.until)
	reader := NewReader(root, Options{Timeout: time.Second})
	if _, err := reader.Evaluate("stuck.jsonnet"); err == nil || !strings.Contains(err.Error(), "longer than") {
		t.Errorf("got error %v, want that it took too long", err)
	}
	if got, err := reader.Evaluate("short.jsonnet"); err != nil || string(got) != "1\n" {
		t.Errorf("got %q, %v", got, err)
	}
}

// A stuck root does not answer for one file.
type stuck struct {
	fs.FS

	until chan struct{}
}

func (s stuck) Open(name string) (fs.File, error) {
	if name == "stuck.jsonnet" {
		<-s.until
	}
	return s.FS.Open(name)
}
