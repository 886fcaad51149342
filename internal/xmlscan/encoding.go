package xmlscan

import (
	"bytes"
	"fmt"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/exvet/exvet"
)

// declaredEncoding finds the encoding an XML declaration names, within the first bytes of a file.
var declaredEncoding = exvet.Pattern(`^\s*<\?xml[^>]*\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']`)

// Decode turns a file into UTF-8 and says what was odd. A byte-order mark wins over the declaration.
func Decode(data []byte) ([]byte, []string, error) {
	marked, mark := byMark(data)
	if marked != nil {
		text, err := marked.NewDecoder().Bytes(data[len(mark.bytes):])
		if err != nil {
			return nil, nil, fmt.Errorf("read as %s: %w", mark.name, err)
		}
		return text, contradiction(text, mark.name, mark.family), nil
	}
	if mark.bytes != nil {
		text := data[len(mark.bytes):]
		return text, contradiction(text, mark.name, mark.family), nil
	}
	name := Declared(data)
	switch {
	case name == "" || isUTF8(name):
		return data, nil, nil
	case strings.HasPrefix(name, "utf16") || strings.HasPrefix(name, "ucs2"):
		// The bytes are not UTF-16, or the declaration could not have been read.
		return data, []string{fmt.Sprintf("declared as %s, read as UTF-8", name)}, nil
	}
	if table := codePage(name); table != nil {
		text, err := table.NewDecoder().Bytes(data)
		return text, nil, err
	}
	return nil, nil, fmt.Errorf("encoding %q is not known", name)
}

// A mark is a byte-order mark, or the shape that gives an encoding away without one.
type mark struct {
	bytes  []byte
	name   string
	family string
}

func byMark(data []byte) (encoding.Encoding, mark) {
	little := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	big := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	switch {
	case bytes.HasPrefix(data, []byte{0xef, 0xbb, 0xbf}):
		return nil, mark{data[:3], "UTF-8", "utf8"}
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}):
		return little, mark{data[:2], "UTF-16", "utf16"}
	case bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		return big, mark{data[:2], "UTF-16", "utf16"}
	case bytes.HasPrefix(data, []byte{'<', 0}):
		return little, mark{nil, "UTF-16", "utf16"}
	case bytes.HasPrefix(data, []byte{0, '<'}):
		return big, mark{nil, "UTF-16", "utf16"}
	}
	return nil, mark{}
}

// contradiction notes a declaration that names another family of encodings than the mark.
func contradiction(text []byte, name, family string) []string {
	said := Declared(text)
	if said == "" || strings.HasPrefix(said, family) || family == "utf8" && isUTF8(said) {
		return nil
	}
	return []string{fmt.Sprintf("declared as %s, but its byte-order mark says %s", said, name)}
}

func isUTF8(name string) bool { return name == "utf8" || name == "usascii" || name == "ascii" }

// Declared gives the encoding a declaration names, letters and digits in lower case.
func Declared(text []byte) string {
	found := declaredEncoding().FindSubmatch(text[:min(len(text), 256)])
	if found == nil {
		return ""
	}
	return letters(string(found[1]))
}

func codePage(name string) encoding.Encoding {
	for _, table := range charmap.All {
		if named, ok := table.(fmt.Stringer); ok && letters(named.String()) == name {
			return table
		}
	}
	return nil
}

func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(s))
}
