package plan

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/exvet/exvet"
)

// literal writes a text as an expression of PowerShell that has exactly this value, on one line and in characters that
// show as what they are. Names come from a server and may try to end the string, or to look like something else: what does
// not print, and every kind of quotation mark but the plain one, stands by its number.
func literal(text string) string {
	var parts []string
	var open strings.Builder
	end := func() {
		if open.Len() > 0 {
			parts = append(parts, "'"+open.String()+"'")
			open.Reset()
		}
	}
	for _, r := range text {
		switch {
		case r == '\'':
			open.WriteString("''")
		case shown(r):
			open.WriteRune(r)
		default:
			end()
			for _, unit := range utf16.Encode([]rune{r}) {
				parts = append(parts, fmt.Sprintf("[char]0x%04X", unit))
			}
		}
	}
	end()
	switch {
	case len(parts) == 0:
		return "''"
	case len(parts) == 1 && strings.HasPrefix(parts[0], "'"):
		return parts[0]
	case strings.HasPrefix(parts[0], "'"):
		return "(" + strings.Join(parts, " + ") + ")"
	}
	// An addition that began with a number would add numbers.
	return "('' + " + strings.Join(parts, " + ") + ")"
}

// shown reports whether a character may stand for itself in a command: letters, marks that belong to them and digits of any
// script, plain space, and the signs of ASCII. PowerShell takes typographic quotation marks and dashes for plain ones.
func shown(r rune) bool {
	if r < 0x80 {
		return r >= ' ' && r < 0x7f
	}
	return unicode.IsLetter(r) && !unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) || unicode.IsDigit(r)
}

// argument writes a text as an argument of a program, for Windows PowerShell 5.1, which the Exchange Management Shell is. It
// hands arguments on without escaping the quotation marks in them, so these and the backslashes before them are escaped here,
// as programs on Windows take their command lines apart.
func argument(text string) string {
	var b strings.Builder
	slashes := 0
	for _, r := range text {
		switch r {
		case '\\':
			slashes++
			b.WriteByte('\\')
			continue
		case '"':
			b.WriteString(strings.Repeat(`\`, slashes+1))
		}
		slashes = 0
		b.WriteRune(r)
	}
	if slashes > 0 && strings.ContainsFunc(text, unicode.IsSpace) {
		b.WriteString(strings.Repeat(`\`, slashes)) // PowerShell puts a quotation mark behind them
	}
	if text == "" {
		return `'""'`
	}
	if bare().MatchString(text) {
		return text
	}
	return literal(b.String())
}

// bare is an argument PowerShell hands on as it is.
var bare = exvet.Pattern(`^[A-Za-z0-9/][A-Za-z0-9/:._=]*$`)

// plain reports whether a name holds nothing that appcmd reads as anything but itself.
func plain(name string) bool {
	for i, r := range name {
		if !shown(r) || !unicode.IsLetter(r) && !unicode.IsDigit(r) && (i == 0 || !strings.ContainsRune(" ._-/()+&,@", r)) {
			return false
		}
	}
	return name != ""
}

// comment writes a text so that it stays one line of a comment or of prose.
func comment(text string) string {
	var b strings.Builder
	for _, r := range text {
		if shown(r) || r >= 0x80 && unicode.IsPrint(r) && !unicode.Is(unicode.Cf, r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}
