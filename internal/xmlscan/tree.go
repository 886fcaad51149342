package xmlscan

import (
	"context"
	"encoding/xml"
	"fmt"
	"strings"
)

// An Element is one element of a file that was read as a whole.
type Element struct {
	Name     string // without its namespace prefix
	Line     int    // of the start tag
	Attrs    []xml.Attr
	Text     string // its own, trimmed: not that of its children
	Children []*Element
}

// Limits of a tree, which is held as a whole.
const (
	maxTreeElements = 200_000
	maxTreeText     = 32 << 20 // bytes of all texts
)

// Attr gives the value of an attribute by its name in any case, "" when it is absent.
func (e *Element) Attr(name string) string {
	for _, attr := range e.Attrs {
		if strings.EqualFold(attr.Name.Local, name) {
			return attr.Value
		}
	}
	return ""
}

// Each gives the children of that name, in any case.
func (e *Element) Each(name string) []*Element {
	var found []*Element
	for _, child := range e.Children {
		if strings.EqualFold(child.Name, name) {
			found = append(found, child)
		}
	}
	return found
}

// All gives the elements that lie at a path of names below this one.
func (e *Element) All(path ...string) []*Element {
	found := []*Element{e}
	for _, name := range path {
		var next []*Element
		for _, element := range found {
			next = append(next, element.Each(name)...)
		}
		found = next
	}
	return found
}

// Tree reads a whole file, in which text matters. It refuses what Scan does, and more than a tree may hold.
func Tree(ctx context.Context, data []byte) (*Element, error) {
	var root *Element
	var open []*Element
	var texts []*strings.Builder
	elements, size := 0, 0
	_, err := Scan(ctx, data, Visitor{
		Start: func(name string, attrs []xml.Attr, line int) {
			if elements++; elements > maxTreeElements {
				return
			}
			element := &Element{Name: name, Line: line, Attrs: attrs}
			if len(open) == 0 {
				root = element
			} else {
				parent := open[len(open)-1]
				parent.Children = append(parent.Children, element)
			}
			open, texts = append(open, element), append(texts, &strings.Builder{})
		},
		Text: func(text []byte) {
			if size += len(text); size <= maxTreeText && elements <= maxTreeElements {
				texts[len(texts)-1].Write(text)
			}
		},
		End: func() {
			if elements > maxTreeElements {
				return
			}
			last := len(open) - 1
			open[last].Text = strings.TrimSpace(texts[last].String())
			open, texts = open[:last], texts[:last]
		},
	})
	switch {
	case err != nil:
		return nil, err
	case elements > maxTreeElements:
		return nil, Malformed{1, fmt.Sprintf("more than %d elements", maxTreeElements)}
	case size > maxTreeText:
		return nil, Malformed{1, fmt.Sprintf("more than %d MB of text", maxTreeText>>20)}
	}
	return root, nil
}
