package report

import (
	"bytes"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/exvet/exvet"
)

func writeJSON(w io.Writer, r *exvet.Report, _ Options) error {
	document, err := JSON(r)
	if err != nil {
		return err
	}
	_, err = w.Write(document)
	return err
}

// JSON gives a report, a snapshot or another document of exvet's own the bytes it is written as: indented,
// keys of maps sorted, empty arrays and objects never null, ending in a newline. Characters that do not print
// are escaped, so that the document is as safe to show on a terminal as it is to parse.
func JSON(document any) ([]byte, error) { return indentedJSON(document, "  ") }

func indentedJSON(document any, indent string) ([]byte, error) {
	raw, err := json.Marshal(document,
		json.Deterministic(true), jsontext.AllowInvalidUTF8(true), jsontext.WithIndent(indent))
	if err != nil {
		return nil, fmt.Errorf("write JSON: %w", err)
	}
	return append(escapeJSON(raw), '\n'), nil
}

// escapeJSON rewrites what does not print as \uXXXX, two of them beyond the basic plane. JSON has such
// characters in strings only, and the encoder escapes the ASCII controls itself, all but DEL.
func escapeJSON(raw []byte) []byte {
	var b bytes.Buffer
	b.Grow(len(raw))
	for len(raw) > 0 {
		plain := 0
		for plain < len(raw) && (raw[plain] >= ' ' && raw[plain] <= '~' || raw[plain] == '\n') {
			plain++
		}
		b.Write(raw[:plain])
		if raw = raw[plain:]; len(raw) == 0 {
			break
		}
		r, size := utf8.DecodeRune(raw)
		switch {
		case printable(r):
			b.Write(raw[:size])
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		raw = raw[size:]
	}
	return b.Bytes()
}
