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
// is left behind, to end with the process.
func evaluateJsonnet(root fs.FS, file string, options Options) ([]byte, error) {
	type answer struct {
		value []byte
		err   error
	}
	done := make(chan answer, 1)
	go func() {
		value, err := runJsonnet(root, file, options)
		done <- answer{value, err}
	}()
	timer := time.NewTimer(options.Timeout)
	defer timer.Stop()
	select {
	case a := <-done:
		return a.value, a.err
	case <-timer.C:
		return nil, fmt.Errorf("%s: evaluation took longer than %s", file, options.Timeout)
	}
}

func runJsonnet(root fs.FS, file string, options Options) ([]byte, error) {
	vm := jsonnet.MakeVM()
	vm.MaxStack = options.MaxStack
	vm.SetTraceOut(options.Trace)
	vm.Importer(&importer{root: root, limit: min(options.MaxSize, maxSource), seen: map[string]jsonnet.Contents{}})
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
	node, _, err := vm.ImportAST("", file)
	if err != nil {
		return nil, located(file, err)
	}
	nesting := depth{vm: vm, files: map[string]bool{}, heights: map[ast.Node]int{}}
	if err := nesting.check(file, node); err != nil {
		return nil, err
	}
	value, err := vm.Evaluate(node)
	if err != nil {
		return nil, located(file, err)
	}
	return []byte(value), nil
}

// An importer reads Jsonnet files inside one root.
type importer struct {
	root  fs.FS
	limit int
	seen  map[string]jsonnet.Contents // the interpreter wants the same contents each time
}

// Import finds a file relative to the one that imports it.
func (i *importer) Import(from, name string) (jsonnet.Contents, string, error) {
	if path.IsAbs(name) || strings.Contains(name, `\`) || len(name) > 1 && name[1] == ':' {
		return jsonnet.Contents{}, "", fmt.Errorf("import %q: absolute paths are refused, name it relative to %q", name, from)
	}
	at := path.Join(path.Dir(from), name)
	if !fs.ValidPath(at) {
		return jsonnet.Contents{}, "", fmt.Errorf("import %q: leads outside the root", name)
	}
	if contents, ok := i.seen[at]; ok {
		return contents, at, nil
	}
	source, err := read(i.root, at, i.limit)
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
