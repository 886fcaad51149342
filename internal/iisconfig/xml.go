package iisconfig

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Limits of one configuration file. IIS itself refuses far smaller ones.
const (
	maxFileSize   = 64 << 20
	maxDepth      = 128
	maxAttributes = 1024
	maxElements   = 2_000_000
)

// A malformed error says where a file stops being XML that IIS would read.
type malformed struct {
	line   int
	reason string
}

func (m malformed) Error() string { return fmt.Sprintf("line %d: %s", m.line, m.reason) }

// A node is an element of a configuration file. Text is dropped: no section that is read holds any, and
// encrypted ones do.
type node struct {
	name     string // without its namespace prefix
	line     int    // of the start tag
	attrs    []attribute
	children []*node

	settingNodes []*node // one for each setting it holds, see settingNode
}

// An attribute is one of a node's. The value of a secret never gets this far: see redactor.
type attribute struct {
	name   string
	value  string
	secret *Secret
}

// attr gives the value of an attribute, "" when it is absent.
func (n *node) attr(name string) string {
	value, _ := n.lookup(name)
	return value
}

func (n *node) lookup(name string) (string, bool) {
	for i := range n.attrs {
		if n.attrs[i].name == name {
			return n.attrs[i].value, true
		}
	}
	return "", false
}

// secret gives the fingerprint of an attribute that was redacted, or nil.
func (n *node) secret(name string) *Secret {
	for i := range n.attrs {
		if n.attrs[i].name == name {
			return n.attrs[i].secret
		}
	}
	return nil
}

// flag reads a boolean as IIS does: "true" in any case.
func (n *node) flag(name string, otherwise bool) bool {
	value, ok := n.lookup(name)
	if !ok {
		return otherwise
	}
	return strings.EqualFold(strings.TrimSpace(value), "true")
}

// child gives the first child of that name, or an empty node, so that look-ups chain.
func (n *node) child(name string) *node {
	for _, c := range n.children {
		if c.name == name {
			return c
		}
	}
	return &node{name: name, line: n.line}
}

// each gives the children of that name.
func (n *node) each(name string) []*node {
	var found []*node
	for _, c := range n.children {
		if c.name == name {
			found = append(found, c)
		}
	}
	return found
}

// parse reads a whole file into a tree. salt goes into the fingerprints of secrets.
func parse(ctx context.Context, data []byte, salt string) (*node, []string, error) {
	var root *node
	var open []*node
	secrets := redactor{salt: salt}
	notes, err := scan(ctx, data, visitor{
		start: func(name string, attrs []xml.Attr, line int) {
			n := &node{name: name, line: line, attrs: attributes(name, attrs, &secrets)}
			if len(open) == 0 {
				root = n
			} else {
				parent := open[len(open)-1]
				parent.children = append(parent.children, n)
			}
			open = append(open, n)
		},
		end: func() { open = open[:len(open)-1] },
	})
	return root, notes, err
}

func attributes(element string, attrs []xml.Attr, secrets *redactor) []attribute {
	if len(attrs) == 0 {
		return nil
	}
	found := make([]attribute, len(attrs))
	for i, a := range attrs {
		found[i] = attribute{name: a.Name.Local, value: a.Value}
	}
	secrets.redact(element, found)
	return found
}

// A visitor is called for each start and end tag of a well-formed document, in order.
type visitor struct {
	start func(name string, attrs []xml.Attr, line int)
	end   func()
}

// scan walks a file tag by tag and refuses what IIS would refuse, and what could exhaust memory: a DOCTYPE,
// tags that do not match, two roots, repeated attributes, absurd depth and counts. It gives what was odd
// about the encoding, and malformed or the context's error.
func scan(ctx context.Context, data []byte, visit visitor) ([]string, error) {
	text, notes, err := decode(data)
	if err != nil {
		return notes, malformed{1, err.Error()}
	}
	decoder := xml.NewDecoder(bytes.NewReader(text))
	decoder.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }
	s := scanner{visit: visit}
	for {
		line, _ := decoder.InputPos()
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			return notes, s.finish(line)
		}
		if err != nil {
			return notes, syntax(err, line)
		}
		if err := s.token(token, line); err != nil {
			return notes, err
		}
		if s.elements&0xfff == 0 && ctx.Err() != nil {
			return notes, ctx.Err()
		}
	}
}

func syntax(err error, line int) error {
	var at *xml.SyntaxError
	if errors.As(err, &at) {
		return malformed{at.Line, at.Msg}
	}
	return malformed{line, err.Error()}
}

// A scanner keeps the open tags, which RawToken does not.
type scanner struct {
	visit    visitor
	open     []tag
	elements int
}

type tag struct {
	name xml.Name
	line int
}

func (s *scanner) token(token xml.Token, line int) error {
	switch t := token.(type) {
	case xml.StartElement:
		return s.start(t, line)
	case xml.EndElement:
		return s.end(t, line)
	case xml.Directive:
		return malformed{line, "a document type declaration is not allowed in configuration"}
	case xml.CharData:
		if len(s.open) == 0 && len(bytes.TrimSpace(t)) > 0 {
			return malformed{line, "text outside the root element"}
		}
	}
	return nil
}

func (s *scanner) start(t xml.StartElement, line int) error {
	s.elements++
	switch {
	case len(s.open) == 0 && s.elements > 1:
		return malformed{line, fmt.Sprintf("second root element <%s>", t.Name.Local)}
	case len(s.open) >= maxDepth:
		return malformed{line, fmt.Sprintf("more than %d elements nested", maxDepth)}
	case s.elements > maxElements:
		return malformed{line, fmt.Sprintf("more than %d elements", maxElements)}
	case len(t.Attr) > maxAttributes:
		return malformed{line, fmt.Sprintf("more than %d attributes in <%s>", maxAttributes, t.Name.Local)}
	}
	for i, a := range t.Attr {
		for _, b := range t.Attr[:i] {
			if a.Name == b.Name {
				return malformed{line, fmt.Sprintf("attribute %s stands twice in <%s>", a.Name.Local, t.Name.Local)}
			}
		}
	}
	s.open = append(s.open, tag{t.Name, line})
	s.visit.start(t.Name.Local, t.Attr, line)
	return nil
}

func (s *scanner) end(t xml.EndElement, line int) error {
	if len(s.open) == 0 {
		return malformed{line, fmt.Sprintf("</%s> without a start tag", t.Name.Local)}
	}
	last := s.open[len(s.open)-1]
	if last.name != t.Name {
		return malformed{line, fmt.Sprintf("</%s> expected for line %d, found </%s>", last.name.Local, last.line, t.Name.Local)}
	}
	s.open = s.open[:len(s.open)-1]
	s.visit.end()
	return nil
}

func (s *scanner) finish(line int) error {
	if len(s.open) > 0 {
		last := s.open[len(s.open)-1]
		return malformed{line, fmt.Sprintf("file ends before </%s> of line %d", last.name.Local, last.line)}
	}
	if s.elements == 0 {
		return malformed{line, "no root element"}
	}
	return nil
}
