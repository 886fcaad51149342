package evtx

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// piece reads what is no element.
func (p *parser) piece() (node, error) {
	token := p.r.data[p.at] &^ more
	p.at++
	switch token {
	case tokenText:
		if p.at < p.end && p.r.data[p.at] != typeString {
			return node{}, fmt.Errorf("text of type %#02x", p.r.data[p.at])
		}
		p.at++
		return p.characters()
	case tokenCDATA, tokenInstruction:
		return p.characters()
	case tokenCharacter:
		code, err := p.uint16()
		return node{kind: character, char: rune(code)}, err
	case tokenEntity:
		name, err := p.name()
		return node{kind: character, char: entity(name)}, err
	case tokenTarget:
		_, err := p.name()
		return node{kind: text}, err
	case tokenValue, tokenOptional:
		index, err := p.uint16()
		p.at++ // its type, which the value states too
		return node{kind: substitution, index: index}, err
	case tokenInstance:
		// What template it uses is looked up when it is.
		n := node{kind: instance, at: int32(p.at - 1)}
		kept := len(p.r.values)
		_, end, err := p.r.use(p.at-1, p.end)
		p.r.values = p.r.values[:kept]
		p.at = end
		n.n = int32(end) - n.at
		return n, err
	}
	return node{}, fmt.Errorf("token %#02x", token)
}

// entity gives the character of one of the five entities XML has.
func entity(name string) rune {
	switch name {
	case "amp":
		return '&'
	case "lt":
		return '<'
	case "gt":
		return '>'
	case "quot":
		return '"'
	case "apos":
		return '\''
	}
	return '\ufffd'
}

func (p *parser) uint16() (uint16, error) {
	if p.at+2 > p.end {
		return 0, errCut
	}
	p.at += 2
	return binary.LittleEndian.Uint16(p.r.data[p.at-2:]), nil
}

// characters reads counted UTF-16.
func (p *parser) characters() (node, error) {
	count, err := p.uint16()
	if err != nil || p.at+2*int(count) > p.end {
		return node{}, errCut
	}
	n := node{kind: text, at: int32(p.at), n: 2 * int32(count)}
	p.at += int(n.n)
	return n, nil
}

// name reads the place of a name, and the name where it is that very place.
func (p *parser) name() (string, error) {
	if p.at+4 > p.end {
		return "", errCut
	}
	place := binary.LittleEndian.Uint32(p.r.data[p.at:])
	p.at += 4
	// A link to the next name, a hash, a count; the links are never followed.
	if place > chunkSize-8 {
		return "", errors.New("a name outside of the chunk")
	}
	begin := int(place) + 8
	length := 2 * int(binary.LittleEndian.Uint16(p.r.data[place+6:]))
	if begin+length > chunkSize {
		return "", errors.New("a name outside of the chunk")
	}
	if int(place) == p.at {
		p.at = begin + length + 2
		if p.at > p.end {
			return "", errCut
		}
	}
	if err := p.r.spend(1 + length/16); err != nil {
		return "", err
	}
	return p.r.intern(p.r.data[begin : begin+length]), nil
}
