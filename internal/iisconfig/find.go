package iisconfig

import (
	"context"
	"errors"
	"strings"

	"github.com/exvet/exvet"
)

// An Element is one element of a configuration file with its attributes in order. What is a secret by its name is replaced.
type Element struct {
	Name       string
	Line       int
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
	root, _, err := parse(ctx, data, path)
	var wrong malformed
	if errors.As(err, &wrong) {
		return nil, false, exvet.Missing{Reason: wrong.reason, Line: wrong.line}
	}
	if err != nil {
		return nil, false, err
	}
	names := strings.Split(path, "/")
	level := []*node{{children: []*node{root}}}
	for _, name := range names {
		var next []*node
		for _, n := range level {
			next = append(next, n.each(name)...)
		}
		level = next
	}
	for i, n := range level {
		if i == most {
			return found, true, nil
		}
		element := Element{Name: n.name, Line: n.line}
		for _, a := range n.attrs {
			element.Attributes = append(element.Attributes, Attribute{Name: a.name, Value: a.value, Secret: a.secret != nil})
		}
		found = append(found, element)
	}
	return found, false, nil
}
