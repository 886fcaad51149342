package engine

import (
	"bytes"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/exvet/exvet"
)

// Limits of a snapshot.
const (
	maxSnapshot = 1 << 30
	maxDepth    = 64
	maxNumber   = 32 // characters
	maxShared   = 63 // length of strings that are looked up for a value seen before: not the hashes of files
	sharedTerms = 1 << 14
)

// decode reads a snapshot strictly into the form rules read: no key twice, valid UTF-8, bounded depth and numbers. Equal short
// strings share one term, which halves memory and speeds up comparison. What does not fit is an exvet.Refusal.
func decode(snapshot []byte) (ast.Object, error) {
	if len(snapshot) > maxSnapshot {
		return nil, malformed(maxSnapshot, errors.New("larger than 1 GiB"))
	}
	d := &decoder{tokens: jsontext.NewDecoder(bytes.NewBuffer(snapshot)), seed: maphash.MakeSeed(), shared: make([]*ast.Term, sharedTerms)}
	root, err := d.value(1)
	if err == nil {
		err = d.end()
	}
	if err != nil {
		var syntax *jsontext.SyntacticError
		if errors.As(err, &syntax) {
			return nil, malformed(syntax.ByteOffset, syntax.Err)
		}
		return nil, malformed(d.tokens.InputOffset(), err)
	}
	object, ok := root.Value.(ast.Object)
	if !ok {
		return nil, exvet.Refuse("snapshot/format", "not an object; pass a snapshot that exvet collect wrote")
	}
	return object, checkFormat(object)
}

func malformed(offset int64, err error) error {
	return exvet.Refuse("snapshot/malformed", "at byte %d: %w; collect it again", offset, err)
}

// checkFormat tells a snapshot from other JSON, and from a snapshot of another format.
func checkFormat(object ast.Object) error {
	format := object.Get(ast.StringTerm("format"))
	if format == nil {
		return exvet.Refuse("snapshot/format", "no format number; pass a snapshot that exvet collect wrote")
	}
	if number, ok := format.Value.(ast.Number); !ok || string(number) != strconv.Itoa(exvet.SnapshotFormat) {
		return exvet.Refuse("snapshot/format", "format %s is not known; this exvet reads format %d", format, exvet.SnapshotFormat)
	}
	for _, key := range []string{"server", "collected", "facts"} {
		term := object.Get(ast.StringTerm(key))
		if term == nil {
			return exvet.Refuse("snapshot/format", "no %q; pass a snapshot that exvet collect wrote", key)
		}
		if _, ok := term.Value.(ast.Object); !ok {
			return exvet.Refuse("snapshot/format", "%q is not an object; pass a snapshot that exvet collect wrote", key)
		}
	}
	return nil
}

// A decoder builds terms from tokens.
type decoder struct {
	tokens *jsontext.Decoder
	seed   maphash.Seed
	shared []*ast.Term // short strings by their hash, of those with the same the last one
	plain  []byte      // of a string with escapes
	slab   []ast.Term  // terms are made in blocks
	pairs  [][2]*ast.Term
	terms  []*ast.Term
}

func (d *decoder) value(depth int) (*ast.Term, error) {
	switch d.tokens.PeekKind() {
	case '{':
		return d.object(depth)
	case '[':
		return d.array(depth)
	case '"':
		return d.text()
	case '0':
		return d.number()
	}
	token, err := d.tokens.ReadToken()
	if err != nil {
		return nil, err
	}
	switch token.Kind() {
	case 't':
		return ast.InternedTerm(true), nil
	case 'f':
		return ast.InternedTerm(false), nil
	}
	return ast.InternedNullTerm, nil
}

func (d *decoder) object(depth int) (*ast.Term, error) {
	if err := d.open(depth); err != nil {
		return nil, err
	}
	start := len(d.pairs)
	for d.tokens.PeekKind() != '}' {
		key, err := d.text()
		if err != nil {
			return nil, err
		}
		value, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		d.pairs = append(d.pairs, [2]*ast.Term{key, value})
	}
	if _, err := d.tokens.ReadToken(); err != nil {
		return nil, err
	}
	object := ast.NewObject(d.pairs[start:]...)
	d.pairs = d.pairs[:start]
	return d.term(object), nil
}

func (d *decoder) array(depth int) (*ast.Term, error) {
	if err := d.open(depth); err != nil {
		return nil, err
	}
	start := len(d.terms)
	for d.tokens.PeekKind() != ']' {
		value, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		d.terms = append(d.terms, value)
	}
	if _, err := d.tokens.ReadToken(); err != nil {
		return nil, err
	}
	// The array keeps the slice it is given.
	array := ast.NewArray(append([]*ast.Term(nil), d.terms[start:]...)...)
	d.terms = d.terms[:start]
	return d.term(array), nil
}

func (d *decoder) open(depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("nested deeper than %d", maxDepth)
	}
	_, err := d.tokens.ReadToken()
	return err
}

func (d *decoder) text() (*ast.Term, error) {
	raw, err := d.tokens.ReadValue()
	if err != nil {
		return nil, err
	}
	if len(raw) == 0 || raw[0] != '"' {
		return nil, errors.New("a string is expected")
	}
	content := []byte(raw[1 : len(raw)-1])
	if bytes.IndexByte(content, '\\') >= 0 {
		if d.plain, err = jsontext.AppendUnquote(d.plain[:0], raw); err != nil {
			return nil, err
		}
		content = d.plain
	}
	if len(content) > maxShared {
		return d.term(ast.String(content)), nil
	}
	place := &d.shared[maphash.Bytes(d.seed, content)%sharedTerms]
	if known := *place; known != nil && string(known.Value.(ast.String)) == string(content) {
		return known, nil
	}
	*place = d.term(ast.String(content))
	return *place, nil
}

// number keeps a number as it is written, within what policies can calculate with.
func (d *decoder) number() (*ast.Term, error) {
	raw, err := d.tokens.ReadValue()
	if err != nil {
		return nil, err
	}
	text := string(raw)
	if small := ast.InternedIntNumberTermFromString(text); small != nil {
		return small, nil
	}
	if _, err := strconv.ParseFloat(text, 64); err != nil || len(raw) > maxNumber {
		return nil, fmt.Errorf("number of %d characters is out of range", len(raw))
	}
	return d.term(ast.Number(string(raw))), nil
}

// end refuses anything after the snapshot.
func (d *decoder) end() error {
	if d.tokens.PeekKind() == 0 {
		_, err := d.tokens.ReadToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		return err
	}
	return errors.New("something follows the snapshot")
}

func (d *decoder) term(value ast.Value) *ast.Term {
	if len(d.slab) == 0 {
		d.slab = make([]ast.Term, 256)
	}
	term := &d.slab[0]
	d.slab = d.slab[1:]
	term.Value = value
	return term
}
