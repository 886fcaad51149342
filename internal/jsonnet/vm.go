package jsonnet

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/google/go-jsonnet"
	"github.com/google/go-jsonnet/ast"
)

// evaluateJsonnet runs a Jsonnet file. The interpreter cannot be interrupted: one that runs past the timeout
// is left behind, to end with the process, and the next file gets another.
func (r *Reader) evaluateJsonnet(file string) ([]byte, error) {
	if r.machine == nil {
		r.machine = newMachine(r.root, r.options)
	}
	type answer struct {
		value []byte
		err   error
	}
	done := make(chan answer, 1)
	running := r.machine
	go func() {
		value, err := running.run(file)
		done <- answer{value, err}
	}()
	timer := time.NewTimer(r.options.Timeout)
	defer timer.Stop()
	select {
	case a := <-done:
		return a.value, a.err
	case <-timer.C:
		r.machine = nil
		return nil, fmt.Errorf("%s: evaluation took longer than %s", file, r.options.Timeout)
	}
}

// A machine is an interpreter with what it knows of the files it saw: the values of imports, and how deep they are nested.
type machine struct {
	vm      *jsonnet.VM
	nesting depth
}

func newMachine(root fs.FS, options Options) *machine {
	vm := jsonnet.MakeVM()
	vm.MaxStack = options.MaxStack
	vm.SetTraceOut(options.Trace)
	vm.Importer(&importer{
		root: root, library: options.Library, limit: min(options.MaxSize, maxSource), seen: map[string]jsonnet.Contents{},
	})
	for name, value := range options.ExtVars {
		vm.ExtVar(name, value)
	}
	for name, code := range options.ExtCode {
		vm.ExtCode(name, code)
	}
	for name, value := range options.TLAVars {
		vm.TLAVar(name, value)
	}
	for name, code := range options.TLACode {
		vm.TLACode(name, code)
	}
	return &machine{vm: vm, nesting: depth{vm: vm, files: map[string]bool{}, heights: map[ast.Node]int{}}}
}

func (m *machine) run(file string) ([]byte, error) {
	node, _, err := m.vm.ImportAST("", file)
	if err != nil {
		return nil, located(file, err)
	}
	if err := m.nesting.check(file, node); err != nil {
		return nil, err
	}
	value, err := m.vm.Evaluate(node)
	if err != nil {
		return nil, located(file, err)
	}
	return []byte(value), nil
}

// An importer reads Jsonnet files inside one root, and libraries.
type importer struct {
	root    fs.FS
	library map[string]fs.FS
	limit   int
	seen    map[string]jsonnet.Contents // the interpreter wants the same contents each time
}

// Import finds a file relative to the one that imports it, or in a library.
func (i *importer) Import(from, name string) (jsonnet.Contents, string, error) {
	if path.IsAbs(name) || strings.Contains(name, `\`) || len(name) > 1 && name[1] == ':' {
		return jsonnet.Contents{}, "", fmt.Errorf("import %q: absolute paths are refused, name it relative to %q", name, from)
	}
	at := path.Join(path.Dir(from), name)
	if first, _, _ := strings.Cut(name, "/"); i.library[first] != nil {
		at = path.Clean(name)
	}
	if !fs.ValidPath(at) {
		return jsonnet.Contents{}, "", fmt.Errorf("import %q: leads outside the root", name)
	}
	if contents, ok := i.seen[at]; ok {
		return contents, at, nil
	}
	files, inside := i.root, at
	if first, rest, ok := strings.Cut(at, "/"); ok && i.library[first] != nil {
		files, inside = i.library[first], rest
	}
	source, err := read(files, inside, i.limit)
	if err != nil {
		return jsonnet.Contents{}, "", err
	}
	contents := jsonnet.MakeContentsRaw(source)
	i.seen[at] = contents
	return contents, at, nil
}

// located gives an error of the interpreter as one line that begins with the innermost place in a file.
func located(file string, err error) error {
	var failed jsonnet.RuntimeError
	if errors.As(err, &failed) {
		for _, frame := range slices.Backward(failed.StackTrace) {
			if name := frame.Loc.FileName; frame.Loc.Begin.Line > 0 && !strings.HasPrefix(name, "<") {
				return fmt.Errorf("%s:%d: %s", name, frame.Loc.Begin.Line, oneLine(failed.Msg))
			}
		}
		return fmt.Errorf("%s: %s", file, oneLine(failed.Msg))
	}
	var static interface {
		error
		Loc() ast.LocationRange
	}
	if errors.As(err, &static) {
		at := static.Loc()
		text := strings.TrimPrefix(static.Error(), at.String())
		return fmt.Errorf("%s:%d: %s", at.FileName, at.Begin.Line, oneLine(text))
	}
	// A crash of the interpreter arrives as an error whose text holds a stack trace; its first line says enough.
	text, _, _ := strings.Cut(err.Error(), "\n")
	if text != err.Error() {
		return fmt.Errorf("%s: %s", file, text)
	}
	if strings.HasPrefix(text, file+":") {
		return err
	}
	return fmt.Errorf("%s: %w", file, err)
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
