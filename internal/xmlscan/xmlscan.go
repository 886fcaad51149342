// Package xmlscan reads XML files of a server behind limits: what the server's own reader would refuse, and what could
// exhaust memory, is refused with its line. Pure.
package xmlscan

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
)

// Limits of one file.
const (
	maxDepth      = 128
	maxAttributes = 1024
	maxElements   = 2_000_000
)

// A Malformed error says where a file stops being XML that its reader on the server would take.
type Malformed struct {
	Line   int
	Reason string
}

func (m Malformed) Error() string { return fmt.Sprintf("line %d: %s", m.Line, m.Reason) }

// A Visitor is called for each start and end tag of a well-formed document, in order, and for the text between them if
// Text is set. What Text is given must not be kept.
type Visitor struct {
	Start func(name string, attrs []xml.Attr, line int)
	Text  func(text []byte)
	End   func()
}

// Scan walks a file tag by tag and refuses what IIS would refuse, and what could exhaust memory: a DOCTYPE,
// tags that do not match, two roots, repeated attributes, absurd depth and counts. It gives what was odd
// about the encoding, and Malformed or the context's error.
func Scan(ctx context.Context, data []byte, visit Visitor) ([]string, error) {
	text, notes, err := Decode(data)
	if err != nil {
		return notes, Malformed{1, err.Error()}
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
		return Malformed{at.Line, at.Msg}
	}
	return Malformed{line, err.Error()}
}

// A scanner keeps the open tags, which RawToken does not.
type scanner struct {
	visit    Visitor
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
		return Malformed{line, "a document type declaration is not allowed in configuration"}
	case xml.CharData:
		switch {
		case len(s.open) > 0 && s.visit.Text != nil:
			s.visit.Text(t)
		case len(s.open) == 0 && len(bytes.TrimSpace(t)) > 0:
			return Malformed{line, "text outside the root element"}
		}
	}
	return nil
}

func (s *scanner) start(t xml.StartElement, line int) error {
	s.elements++
	switch {
	case len(s.open) == 0 && s.elements > 1:
		return Malformed{line, fmt.Sprintf("second root element <%s>", t.Name.Local)}
	case len(s.open) >= maxDepth:
		return Malformed{line, fmt.Sprintf("more than %d elements nested", maxDepth)}
	case s.elements > maxElements:
		return Malformed{line, fmt.Sprintf("more than %d elements", maxElements)}
	case len(t.Attr) > maxAttributes:
		return Malformed{line, fmt.Sprintf("more than %d attributes in <%s>", maxAttributes, t.Name.Local)}
	}
	for i, a := range t.Attr {
		for _, b := range t.Attr[:i] {
			if a.Name == b.Name {
				return Malformed{line, fmt.Sprintf("attribute %s stands twice in <%s>", a.Name.Local, t.Name.Local)}
			}
		}
	}
	s.open = append(s.open, tag{t.Name, line})
	s.visit.Start(t.Name.Local, t.Attr, line)
	return nil
}

func (s *scanner) end(t xml.EndElement, line int) error {
	if len(s.open) == 0 {
		return Malformed{line, fmt.Sprintf("</%s> without a start tag", t.Name.Local)}
	}
	last := s.open[len(s.open)-1]
	if last.name != t.Name {
		return Malformed{line, fmt.Sprintf("</%s> expected for line %d, found </%s>", last.name.Local, last.line, t.Name.Local)}
	}
	s.open = s.open[:len(s.open)-1]
	s.visit.End()
	return nil
}

func (s *scanner) finish(line int) error {
	if len(s.open) > 0 {
		last := s.open[len(s.open)-1]
		return Malformed{line, fmt.Sprintf("file ends before </%s> of line %d", last.name.Local, last.line)}
	}
	if s.elements == 0 {
		return Malformed{line, "no root element"}
	}
	return nil
}
