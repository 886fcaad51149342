package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// ellipsis stands for what was cut.
const ellipsis = "…"

// maxMarks is how many combining marks may follow one another: more are a way to write over other lines.
const maxMarks = 3

// Safe makes text from a server fit for a terminal: one line, in which everything that does not print stands
// escaped: `\x1b`, `\u202e`, `\U000e0041`, and `\xff` for a byte that is not UTF-8.
func Safe(s string) string {
	if plainASCII(s) {
		return s
	}
	var b strings.Builder
	marks := 0
	for i, r := range s {
		if unicode.Is(unicode.M, r) {
			marks++
		} else {
			marks = 0
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case printable(r) && marks <= maxMarks:
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	return b.String()
}

// plainASCII reports whether a text is letters, digits and signs of ASCII alone, as most are: nothing to escape.
func plainASCII(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// printable reports whether a character shows as itself: a letter, mark, digit, sign or plain space. Controls,
// direction marks, other spaces, private use and letters that look like nothing are not.
func printable(r rune) bool {
	if r <= '~' {
		return r >= ' '
	}
	return unicode.IsPrint(r) &&
		!unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) && !unicode.Is(unicode.Variation_Selector, r) &&
		r != '\u2800' // the empty Braille pattern
}

// columns is how wide a safe text shows: East Asian wide letters take two columns and marks none.
func columns(s string) int {
	if plainASCII(s) {
		return len(s)
	}
	n := 0
	for _, r := range s {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	if r < 0x300 {
		return 1
	}
	if unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// cut shortens a safe text to so many columns, with an ellipsis for what is lost.
func cut(s string, limit int) string {
	if columns(s) <= limit {
		return s
	}
	if limit < 1 {
		return ""
	}
	if limit == 1 {
		return ellipsis
	}
	return strings.TrimRight(s[:fit(s, limit-1)], " ") + ellipsis
}

// wrap breaks a safe text into lines of at most so many columns, at spaces where it can and inside a word that
// is longer than a line. After maxLines the rest is cut.
func wrap(s string, limit, maxLines int) []string {
	s = cut(s, limit*(maxLines+1)) // what could not be shown is not worth the time
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		if line != "" && columns(line)+1+columns(word) <= limit {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for columns(word) > limit {
			at := fit(word, limit)
			lines, word = append(lines, word[:at]), word[at:]
		}
		line = word
	}
	if line != "" {
		lines = append(lines, line)
	}
	if len(lines) > maxLines {
		lines = lines[:maxLines]
		lines[maxLines-1] = cut(lines[maxLines-1]+ellipsis, limit)
	}
	return lines
}

// fit is the number of bytes of s that fill at most so many columns, at least one character.
func fit(s string, limit int) int {
	n := 0
	for i, r := range s {
		n += runeColumns(r)
		if n > limit && i > 0 {
			return i
		}
	}
	return len(s)
}
