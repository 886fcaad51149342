package regfile

import (
	"bytes"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// lines gives the lines of a file without their ends, decoded one by one.
type lines struct {
	rest   []byte
	wide   bool // UTF-16LE
	number int  // of the line given last
}

func newLines(file []byte) *lines {
	if rest, ok := bytes.CutPrefix(file, []byte{0xff, 0xfe}); ok {
		return &lines{rest: rest, wide: true}
	}
	return &lines{rest: bytes.TrimPrefix(file, []byte{0xef, 0xbb, 0xbf})}
}

func (l *lines) next() (string, bool) {
	if len(l.rest) == 0 {
		return "", false
	}
	l.number++
	if !l.wide {
		line, rest, _ := bytes.Cut(l.rest, []byte("\n"))
		l.rest = rest
		return strings.TrimSuffix(decodeANSI(line), "\r"), true
	}
	end := 0
	for end+1 < len(l.rest) && (l.rest[end] != '\n' || l.rest[end+1] != 0) {
		end += 2
	}
	line := l.rest[:min(end, len(l.rest))]
	l.rest = l.rest[min(end+2, len(l.rest)):]
	return strings.TrimSuffix(decodeName(line, false), "\r"), true
}

// decodeANSI takes text for UTF-8 where it can be, else for Windows-1252.
func decodeANSI(raw []byte) string {
	if utf8.Valid(raw) {
		return string(raw)
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(raw)
	if err != nil {
		return strings.ToValidUTF8(string(raw), "?")
	}
	return string(text)
}

// encode gives text as the registry keeps it.
func encode(text string) []byte {
	units := utf16.Encode([]rune(text))
	data := make([]byte, 0, 2*len(units))
	for _, unit := range units {
		data = append(data, byte(unit), byte(unit>>8))
	}
	return data
}
