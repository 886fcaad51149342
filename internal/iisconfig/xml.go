package iisconfig

import (
	"context"
	"encoding/xml"
	"strings"

	"github.com/exvet/exvet/internal/xmlscan"
)

// maxFileSize is the largest configuration file that is read. IIS itself refuses far smaller ones.
const maxFileSize = 64 << 20

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
	notes, err := xmlscan.Scan(ctx, data, xmlscan.Visitor{
		Start: func(name string, attrs []xml.Attr, line int) {
			n := &node{name: name, line: line, attrs: attributes(name, attrs, &secrets)}
			if len(open) == 0 {
				root = n
			} else {
				parent := open[len(open)-1]
				parent.children = append(parent.children, n)
			}
			open = append(open, n)
		},
		End: func() { open = open[:len(open)-1] },
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
