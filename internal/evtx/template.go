package evtx

import (
	"errors"
	"fmt"
)

// A node is a part of binary XML, in the reader's arena. Lists are chained; none is the end.
type node struct {
	kind  nodeKind
	tag   tag // of an element or attribute whose name means something
	index uint16
	next  int32
	first int32  // content of an element or attribute
	attrs int32  // of an element
	name  string // of an element or attribute
	at, n int32  // text: UTF-16 in the chunk; instance: where it begins
	char  rune   // of a character reference
}

type nodeKind uint8

const (
	element nodeKind = iota
	attribute
	text
	character
	substitution // of a value, or of nothing where it is null
	instance     // of a template
)

const (
	none       int32 = -1
	unreadable int32 = -2
)

// Tokens of binary XML. The bit more says of an element that it has attributes, of a value that another follows.
const (
	tokenEnd          = 0x00
	tokenElement      = 0x01
	tokenCloseStart   = 0x02
	tokenCloseEmpty   = 0x03
	tokenCloseElement = 0x04
	tokenText         = 0x05
	tokenAttribute    = 0x06
	tokenCDATA        = 0x07
	tokenCharacter    = 0x08
	tokenEntity       = 0x09
	tokenTarget       = 0x0a
	tokenInstruction  = 0x0b
	tokenInstance     = 0x0c
	tokenValue        = 0x0d
	tokenOptional     = 0x0e
	tokenFragment     = 0x0f

	more = 0x40
)

var (
	errCut   = errors.New("cut off")
	errLimit = errors.New("more than exvet reads")
)

// A parser turns binary XML into nodes.
type parser struct {
	r            *reader
	at, end      int
	dependencies bool // elements begin with the number of a value they depend on, as in templates
}

// parse makes nodes of the binary XML between two places. Where it does not fit, an element may have, or lack, the
// number of a value it depends on.
func (r *reader) parse(at, end int, dependencies bool) (int32, error) {
	before := len(r.nodes)
	p := parser{r: r, at: at, end: end, dependencies: dependencies}
	first, err := p.content(0)
	if err == nil || errors.Is(err, errLimit) {
		return first, err
	}
	r.nodes = r.nodes[:before]
	p = parser{r: r, at: at, end: end, dependencies: !dependencies}
	if first, again := p.content(0); again == nil {
		return first, nil
	}
	r.nodes = r.nodes[:before]
	return none, err
}

// spend takes work off what is left for the chunk.
func (r *reader) spend(work int) error {
	if r.work -= work; r.work < 0 {
		return errLimit
	}
	return nil
}

// add puts a node at the end of a list.
func (p *parser) add(first, last *int32, n node) (int32, error) {
	if len(p.r.nodes) >= maxNodes {
		return none, errLimit
	}
	if err := p.r.spend(1); err != nil {
		return none, err
	}
	n.next = none
	at := int32(len(p.r.nodes))
	p.r.nodes = append(p.r.nodes, n)
	if *first == none {
		*first = at
	} else {
		p.r.nodes[*last].next = at
	}
	*last = at
	return at, nil
}

// content reads what stands in an element, or at the top, up to and with its end.
func (p *parser) content(depth int) (int32, error) {
	if depth > maxDepth {
		return none, errLimit
	}
	first, last := none, none
	for p.at < p.end {
		token := p.r.data[p.at]
		switch token &^ more {
		case tokenEnd:
			return first, nil
		case tokenCloseElement:
			p.at++
			return first, nil
		case tokenFragment:
			p.at += 4
		case tokenElement:
			at, err := p.add(&first, &last, node{kind: element, first: none, attrs: none})
			if err != nil {
				return none, err
			}
			if err := p.element(at, depth); err != nil {
				return none, err
			}
		default:
			n, err := p.piece()
			if err != nil {
				return none, err
			}
			if _, err := p.add(&first, &last, n); err != nil {
				return none, err
			}
		}
	}
	return first, nil
}

// element reads an element whose node is there already.
func (p *parser) element(at int32, depth int) error {
	attributes := p.r.data[p.at]&more != 0
	p.at++
	if p.dependencies {
		p.at += 2
	}
	p.at += 4 // its size
	name, err := p.name()
	if err != nil {
		return err
	}
	p.r.nodes[at].name, p.r.nodes[at].tag = name, tagOf(name)
	if attributes {
		p.at += 4 // the size of the list
		first, err := p.attributes()
		if err != nil {
			return err
		}
		p.r.nodes[at].attrs = first
	}
	if p.at >= p.end {
		return errCut
	}
	token := p.r.data[p.at]
	p.at++
	switch token {
	case tokenCloseEmpty:
		return nil
	case tokenCloseStart:
		first, err := p.content(depth + 1)
		p.r.nodes[at].first = first
		return err
	}
	return fmt.Errorf("token %#02x in an element's start", token)
}

func (p *parser) attributes() (int32, error) {
	first, last := none, none
	for p.at < p.end && p.r.data[p.at]&^more == tokenAttribute {
		p.at++
		name, err := p.name()
		if err != nil {
			return none, err
		}
		at, err := p.add(&first, &last, node{kind: attribute, name: name, tag: tagOf(name), first: none, attrs: none})
		if err != nil {
			return none, err
		}
		head, tail := none, none
		for p.at < p.end && inAttribute(p.r.data[p.at]) {
			n, err := p.piece()
			if err != nil {
				return none, err
			}
			if _, err := p.add(&head, &tail, n); err != nil {
				return none, err
			}
		}
		p.r.nodes[at].first = head
	}
	return first, nil
}

func inAttribute(token byte) bool {
	switch token &^ more {
	case tokenText, tokenCDATA, tokenCharacter, tokenEntity, tokenValue, tokenOptional:
		return true
	}
	return false
}
