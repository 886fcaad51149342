package iisconfig

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/exvet/exvet/internal/xmlscan"
)

// Redacted rewrites a configuration file without its secrets, so that it reads as before: the same elements and attributes
// on the same lines, the fingerprints of secrets in their place, and malformed where it was. Comments and text, which
// no section needs and passwords hide in, are left out. path is where the file lies. The error is that of the context.
func Redacted(ctx context.Context, data []byte, path string) ([]byte, error) {
	text, _, err := xmlscan.Decode(data)
	if err != nil {
		return fmt.Appendf(nil, "<?xml version=\"1.0\" encoding=%q?>\n", xmlscan.Declared(data)), nil
	}
	w := redactedWriter{secrets: redactor{salt: path, keep: true}}
	decoder := xml.NewDecoder(bytes.NewReader(text))
	decoder.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }
	for n := 0; ; n++ {
		if n&0xfff == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		from := decoder.InputOffset()
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			return w.out.Bytes(), nil
		}
		if err != nil {
			w.broken(text, from, err)
			return w.out.Bytes(), nil
		}
		w.token(token, text[from:decoder.InputOffset()])
	}
}

// A redactedWriter writes a file again, tag by tag.
type redactedWriter struct {
	out     bytes.Buffer
	secrets redactor
	closed  bool // the start tag written last closed itself
	open    int  // elements
}

// token writes a tag with as many line ends as it had.
func (w *redactedWriter) token(token xml.Token, raw []byte) {
	lines := strings.Repeat("\n", bytes.Count(raw, []byte("\n")))
	switch t := token.(type) {
	case xml.StartElement:
		w.open++
		w.closed = bytes.HasSuffix(raw, []byte("/>"))
		w.start(t, lines)
	case xml.EndElement:
		w.open--
		if !w.closed {
			fmt.Fprintf(&w.out, "</%s%s>", spelled(t.Name), lines)
		}
		w.closed = false
	case xml.ProcInst:
		if t.Target == "xml" && w.out.Len() == 0 {
			w.out.WriteString(`<?xml version="1.0"?>`)
		}
		w.out.WriteString(lines)
	case xml.Directive:
		w.out.WriteString("<!DOCTYPE" + lines + ">") // it makes the file one that is refused
	case xml.CharData:
		if len(bytes.TrimSpace(t)) > 0 {
			if w.open > 0 {
				w.out.WriteString(" ")
			} else {
				w.out.WriteString(".") // text outside the root makes the file malformed, and it stays so
			}
			w.out.WriteString(lines)
			break
		}
		w.out.Write(bytes.ReplaceAll(raw, []byte("\r"), nil))
	default:
		w.out.WriteString(lines)
	}
}

func (w *redactedWriter) start(t xml.StartElement, lines string) {
	found := make([]attribute, len(t.Attr))
	for i, a := range t.Attr {
		found[i] = attribute{name: a.Name.Local, value: a.Value}
	}
	w.secrets.redact(t.Name.Local, found)
	w.out.WriteString("<" + spelled(t.Name))
	for i, a := range t.Attr {
		w.out.WriteString(" " + spelled(a.Name) + `="`)
		_ = xml.EscapeText(&w.out, []byte(found[i].value)) // to a buffer
		w.out.WriteString(`"`)
	}
	w.out.WriteString(lines)
	if w.closed {
		w.out.WriteString(" /")
	}
	w.out.WriteString(">")
}

// broken ends a file on the line on which it stops being XML.
func (w *redactedWriter) broken(text []byte, from int64, err error) {
	var at *xml.SyntaxError
	if errors.As(err, &at) {
		before := 1 + bytes.Count(text[:from], []byte("\n"))
		w.out.WriteString(strings.Repeat("\n", max(at.Line-before, 0)))
	}
	w.out.WriteString("<")
}

func spelled(name xml.Name) string {
	if name.Space != "" {
		return name.Space + ":" + name.Local
	}
	return name.Local
}
