package iisconfig

import (
	"context"
	"errors"
	"strings"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/redact"
	"github.com/exvet/exvet/internal/xmlscan"
)

// An Element is one element of a configuration file with its attributes in order. What is a secret by its name is replaced.
type Element struct {
	Name       string
	Line       int
	Text       string // its own, trimmed: not that of its children
	Secret     bool   // Text was taken out, or a part of it
	Attributes []Attribute
}

// An Attribute is one of an Element's.
type Attribute struct {
	Name   string
	Value  string
	Secret bool // Value was taken out
}

// Find gives the elements of an XML file at a path of names, "configuration/appSettings/add", in order and most at most; more
// says that there are others. Names are compared without namespace. A file IIS would refuse is an
// exvet.Missing that names the line.
func Find(ctx context.Context, data []byte, path string, most int) (found []Element, more bool, err error) {
	root, err := xmlscan.Tree(ctx, data)
	var wrong xmlscan.Malformed
	if errors.As(err, &wrong) {
		return nil, false, exvet.Missing{Reason: wrong.Reason, Line: wrong.Line}
	}
	if err != nil {
		return nil, false, err
	}
	secrets := redactor{salt: path}
	level := []below{{&xmlscan.Element{Children: []*xmlscan.Element{root}}, false}}
	for name := range strings.SplitSeq(path, "/") {
		var next []below
		for _, parent := range level {
			for _, child := range parent.element.Children {
				if child.Name == name {
					next = append(next, below{child, parent.secret || namesSecret(child)})
				}
			}
		}
		level = next
	}
	for i, at := range level {
		if i == most {
			return found, true, nil
		}
		found = append(found, at.read(&secrets))
	}
	return found, false, nil
}

// below is an element on the way down. Whatever is in one that names a secret is one: <setting name="ApiToken"><value>...
type below struct {
	element *xmlscan.Element
	secret  bool
}

// namesSecret says whether an element's text is a secret by what it calls itself, or enciphered.
func namesSecret(e *xmlscan.Element) bool {
	return redact.Name(e.Name) || redact.Name(e.Attr("key")) || redact.Name(e.Attr("name")) || strings.HasPrefix(e.Name, "Encrypted") ||
		e.Name == "CipherValue"
}

func (b below) read(secrets *redactor) Element {
	found := Element{Name: b.element.Name, Line: b.element.Line, Text: redact.Text(b.element.Text)}
	found.Secret = found.Text != b.element.Text
	if b.secret && b.element.Text != "" {
		found.Text, found.Secret = redact.Mark, true
	}
	for _, a := range attributes(b.element.Name, b.element.Attrs, secrets) {
		found.Attributes = append(found.Attributes, Attribute{Name: a.name, Value: a.value, Secret: a.secret != nil})
	}
	return found
}
