package report

import (
	"bytes"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// FuzzFormats puts a text into every field of a report a server can fill: each format stays printable, and its readers find the
// text and nothing beside it.
func FuzzFormats(f *testing.F) {
	for _, tt := range hostile {
		f.Add(tt.text)
	}
	parsers := map[string]func(t *testing.T, document []byte, want string){"csv": csvBack, "junit": junitBack, "prometheus": prometheusBack, "markdown": markdownBack}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 200 || strings.TrimSpace(text) != text || text == "" {
			t.Skip("cut, or named by another word, which the readers do not expect")
		}
		for _, format := range Formats() {
			var b bytes.Buffer
			if err := Write(&b, format, tainted(text), Options{}); err != nil {
				t.Fatal(err)
			}
			if !utf8.Valid(b.Bytes()) {
				t.Errorf("%s: not UTF-8", format)
			}
			for _, r := range b.String() {
				if r != '\n' && !unicode.IsPrint(r) {
					t.Fatalf("%s: %U in the output", format, r)
				}
			}
			if parse := parsers[format]; parse != nil {
				parse(t, b.Bytes(), Safe(text))
			}
		}
	})
}
