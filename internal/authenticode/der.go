package authenticode

import (
	"errors"
	"fmt"
	"time"
)

// Tags of DER elements.
const (
	tagInteger         = 0x02
	tagBitString       = 0x03
	tagOctetString     = 0x04
	tagOID             = 0x06
	tagUTCTime         = 0x17
	tagGeneralizedTime = 0x18
	tagSequence        = 0x30
	tagSet             = 0x31
	tagContext0        = 0x80 // [0], primitive
	tagExplicit0       = 0xa0 // [0], constructed
	tagExplicit1       = 0xa1 // [1], constructed
)

// errBER is in the error of everything encoded as BER, which the standards for signatures allow in places and
// Windows refuses in most.
var errBER = errors.New("BER, not DER")

// A value is one DER element.
type value struct {
	tag  byte
	body []byte // contents
	raw  []byte // contents and header
}

// A parser reads DER elements one after another. It and every parser got from it share one error: after the
// first, nothing more is read, and what is returned is empty.
type parser struct {
	rest []byte
	err  *error
}

// parse begins to read a piece of DER.
func parse(der []byte) parser { return parser{rest: der, err: new(error)} }

// empty reports whether nothing is left to read, after an error too.
func (p *parser) empty() bool { return *p.err != nil || len(p.rest) == 0 }

// fail notes the first error.
func (p *parser) fail(err error) {
	if *p.err == nil {
		*p.err = err
	}
}

// next reads one element of any tag.
func (p *parser) next(what string) value {
	if *p.err != nil {
		return value{}
	}
	v, err := element(p.rest)
	if err != nil {
		p.fail(fmt.Errorf("read %s: %w", what, err))
		return value{}
	}
	p.rest = p.rest[len(v.raw):]
	return v
}

// take reads one element that must have this tag.
func (p *parser) take(tag byte, what string) value {
	v := p.next(what)
	if *p.err == nil && v.tag != tag {
		p.fail(fmt.Errorf("read %s: tag %#02x where %#02x belongs", what, v.tag, tag))
		return value{}
	}
	return v
}

// optional reads one element if the next one has this tag.
func (p *parser) optional(tag byte, what string) (value, bool) {
	if p.empty() || p.rest[0] != tag {
		return value{}, false
	}
	v := p.next(what)
	return v, *p.err == nil
}

// enter reads one element of this tag and begins to read what is in it.
func (p *parser) enter(tag byte, what string) parser { return p.within(p.take(tag, what)) }

// within begins to read what is in an element already read.
func (p *parser) within(v value) parser { return parser{rest: v.body, err: p.err} }

// oid reads an object identifier, as its encoded octets.
func (p *parser) oid(what string) string { return string(p.take(tagOID, what).body) }

// algorithm reads an AlgorithmIdentifier: its object identifier, and its parameters or nil.
func (p *parser) algorithm(what string) (oid string, parameters []byte) {
	algorithm := p.enter(tagSequence, what)
	return algorithm.oid(what), algorithm.rest
}

// time reads a UTCTime or GeneralizedTime.
func (p *parser) time(what string) time.Time {
	v := p.next(what)
	if *p.err != nil {
		return time.Time{}
	}
	var at time.Time
	var err error
	switch v.tag {
	case tagUTCTime:
		if at, err = time.Parse("060102150405Z", string(v.body)); err == nil && at.Year() >= 2050 {
			at = at.AddDate(-100, 0, 0) // two digits of the year: 1950 to 2049
		}
	case tagGeneralizedTime:
		at, err = time.Parse("20060102150405Z", string(v.body)) // takes a fraction of the second too
	default:
		err = fmt.Errorf("tag %#02x is no time", v.tag)
	}
	if err != nil {
		p.fail(fmt.Errorf("read %s: %w", what, err))
	}
	return at
}

// element reads the first DER element of b. Every length is checked.
func element(b []byte) (value, error) {
	if len(b) < 2 {
		return value{}, errors.New("cut off")
	}
	tag, length, header := b[0], int(b[1]), 2
	if tag&0x1f == 0x1f {
		return value{}, errors.New("tag of many octets")
	}
	if length == 0x80 {
		return value{}, fmt.Errorf("indefinite length: %w", errBER)
	}
	if length > 0x80 {
		octets := length & 0x7f
		if octets > 4 || len(b) < 2+octets {
			return value{}, errors.New("length cut off or too long")
		}
		length = 0
		for _, octet := range b[2 : 2+octets] {
			length = length<<8 | int(octet)
		}
		if length < 0x80 || length>>(8*(octets-1)) == 0 {
			return value{}, fmt.Errorf("length in more octets than it needs: %w", errBER)
		}
		header += octets
	}
	if length < 0 || length > len(b)-header {
		return value{}, fmt.Errorf("%d octets where %d are left", length, len(b)-header)
	}
	return value{tag: tag, body: b[header : header+length], raw: b[:header+length]}, nil
}
