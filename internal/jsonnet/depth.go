package jsonnet

import (
	"fmt"

	"github.com/google/go-jsonnet"
	"github.com/google/go-jsonnet/ast"
	"github.com/google/go-jsonnet/toolutils"
)

// A Go stack that overflows ends the process, and the interpreter recurses once for each level of an
// expression, times the calls MaxStack allows. Both limits are far above what people write: maxSource bounds
// what the parser recurses over, maxDepth what the interpreter does.
const (
	maxSource = 1 << 20 // bytes of one Jsonnet file
	maxDepth  = 500     // expressions inside expressions
)

// A depth looks for expressions that are nested too deep, in a file and those it imports.
type depth struct {
	vm      *jsonnet.VM
	files   map[string]bool
	heights map[ast.Node]int // desugaring shares nodes, so a walk without it could take for ever
}

// check walks one file and the files it imports.
func (d *depth) check(file string, root ast.Node) error {
	if d.files[file] {
		return nil
	}
	d.files[file] = true
	_, err := d.height(file, root, 0)
	return err
}

// height gives the number of levels below and including node, which stands at level.
func (d *depth) height(file string, node ast.Node, level int) (int, error) {
	if node == nil {
		return 0, nil
	}
	known, ok := d.heights[node]
	if level+max(known, 1) > maxDepth {
		line := max(node.Loc().Begin.Line, 1) // 0 in nodes the parser made up
		return 0, fmt.Errorf("%s:%d: nested deeper than %d expressions", file, line, maxDepth)
	}
	if ok {
		return known, nil
	}
	if imported, ok := node.(*ast.Import); ok {
		// An import that fails is left to the evaluation, which may never reach it.
		if target, at, err := d.vm.ImportAST(file, imported.File.Value); err == nil {
			if err := d.check(at, target); err != nil {
				return 0, err
			}
		}
	}
	tallest := 0
	for _, child := range toolutils.Children(node) {
		below, err := d.height(file, child, level+1)
		if err != nil {
			return 0, err
		}
		tallest = max(tallest, below)
	}
	d.heights[node] = tallest + 1
	return tallest + 1, nil
}
