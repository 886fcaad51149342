// Package jsonnet turns a Jsonnet, YAML or JSON file into JSON, inside one root and within limits.
package jsonnet

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"
)

// Options are the values a Jsonnet file is given and the limits it is held to. The zero value gives none and
// the default limits. Values are for Jsonnet only; YAML and JSON have no use for them.
type Options struct {
	ExtVars  map[string]string // std.extVar(name): strings
	ExtCode  map[string]string // std.extVar(name): Jsonnet expressions
	TLAVars  map[string]string // arguments of a file that is a function: strings
	TLACode  map[string]string // arguments of a file that is a function: Jsonnet expressions
	Library  map[string]fs.FS  // what an import that begins with a name and a slash leads into, wherever it is written
	Trace    io.Writer         // where std.trace writes; nil drops it
	MaxStack int               // calls; 0 is 500
	MaxSize  int               // bytes of output, and of each file read; 0 is 16 MiB
	Timeout  time.Duration     // 0 is 10 seconds
}

// Defaults of Options.
const (
	defaultStack   = 500
	defaultSize    = 16 << 20
	defaultTimeout = 10 * time.Second
)

// Evaluate reads file, a slash-separated name in root, and gives its value as JSON: two spaces of indent, a
// line feed at the end. Keys come sorted from Jsonnet and YAML, and as written from JSON.
// The extension decides what the file is: .json, .yaml or .yml, else Jsonnet.
//
// Imports are relative to the importing file and never leave root. For a folder on disk, pass the FS of an
// os.Root, which refuses links that lead outside as well; os.DirFS does not.
//
// Errors are one line and begin with file:line where there is one.
func Evaluate(root fs.FS, file string, options Options) ([]byte, error) {
	return NewReader(root, options).Evaluate(file)
}

// A Reader evaluates files of one root. What several of them import is read and evaluated once. It serves one goroutine.
type Reader struct {
	root    fs.FS
	options Options
	machine *machine // made for the first Jsonnet file
}

// NewReader gives a Reader of files inside a root, as Evaluate takes it.
func NewReader(root fs.FS, options Options) *Reader {
	return &Reader{root: root, options: options.withDefaults()}
}

// Evaluate is the function of that name, for one more file.
func (r *Reader) Evaluate(file string) ([]byte, error) {
	if !fs.ValidPath(file) {
		return nil, fmt.Errorf("evaluate %q: not a name inside the root", file)
	}
	var value []byte
	var err error
	switch strings.ToLower(path.Ext(file)) {
	case ".json":
		value, err = evaluateWith(r.root, file, r.options, parseJSON)
	case ".yaml", ".yml":
		value, err = evaluateWith(r.root, file, r.options, parseYAML)
	default:
		value, err = r.evaluateJsonnet(file)
	}
	if err != nil {
		return nil, err
	}
	return format(file, value, r.options.MaxSize)
}

func (o Options) withDefaults() Options {
	if o.MaxStack == 0 {
		o.MaxStack = defaultStack
	}
	if o.MaxSize == 0 {
		o.MaxSize = defaultSize
	}
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	if o.Trace == nil {
		o.Trace = io.Discard
	}
	return o
}

// evaluateWith reads a file that stands alone and parses it.
func evaluateWith(root fs.FS, file string, options Options, parse func(string, []byte) ([]byte, error)) ([]byte, error) {
	source, err := read(root, file, options.MaxSize)
	if err != nil {
		return nil, err
	}
	return parse(file, source)
}

// read gives a file of at most limit bytes.
func read(root fs.FS, name string, limit int) ([]byte, error) {
	file, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	source, err := io.ReadAll(io.LimitReader(file, int64(limit)+1))
	if err != nil {
		return nil, err
	}
	if len(source) > limit {
		return nil, fmt.Errorf("%s: file is larger than %d bytes", name, limit)
	}
	return source, nil
}

// format gives every kind of source the same layout.
func format(file string, value []byte, limit int) ([]byte, error) {
	tooLarge := fmt.Errorf("%s: its value is larger than %d bytes", file, limit)
	if len(value) > limit {
		return nil, tooLarge
	}
	var out bytes.Buffer
	if err := json.Indent(&out, bytes.TrimSpace(value), "", "  "); err != nil {
		return nil, fmt.Errorf("%s: value is not JSON: %w", file, err)
	}
	out.WriteByte('\n')
	if out.Len() > limit {
		return nil, tooLarge
	}
	return out.Bytes(), nil
}
