package plan

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
)

// hostileNames are names that try to end a string, to start another command, or to look like something else.
func hostileNames() []string {
	return []string{
		"plain", "", " ", `'; Remove-Item C:\ -Recurse; '`, `"; calc.exe; "`, "`n`0`$x", "$(calc)", "$env:windir", "a\nb\r\nc", "a\x00b", "\u202egnp.exe", "\x1b[31mred",
		"a’b‘c‚d‛e", "a“b”c„d", "en–dash—bar", `ends with \`, `a b\`, `a\"b`, `a b\\" c`, "tab\there", "--%", "-Force", "@('x')", "# no comment", "{ & calc }", "a|b>c<d&e^f%PATH%",
		"name]'and'1'='1", "Ünïcode Ölfilter", "日本語", "\u00a0nbsp", "\u2028line", "\U0001F600", "\u200bzero", `x'+[char]0x41+'`,
	}
}

// psValue evaluates what literal writes, by the rules of PowerShell for single-quoted strings, [char] and +. PowerShell takes
// typographic quotation marks for plain ones, so one of them inside a string would end it.
func psValue(t *testing.T, expression string) string {
	t.Helper()
	if bare().MatchString(expression) {
		return expression
	}
	inner := expression
	if strings.HasPrefix(inner, "(") {
		var ok bool
		if inner, ok = strings.CutSuffix(inner[1:], ")"); !ok {
			t.Fatalf("parenthesis not closed in %q", expression)
		}
	}
	var units []uint16
	rest := []rune(inner)
	for first := true; len(rest) > 0; first = false {
		if !first {
			text, ok := strings.CutPrefix(string(rest), " + ")
			if !ok {
				t.Fatalf("%q goes on with %q", expression, string(rest))
			}
			rest = []rune(text)
		}
		switch rest[0] {
		case '\'':
			at, closed := 1, false
			for at < len(rest) && !closed {
				switch {
				case strings.ContainsRune("‘’‚‛", rest[at]):
					t.Fatalf("a typographic quotation mark in %q", expression)
				case rest[at] != '\'':
					units = append(units, utf16.Encode(rest[at:at+1])...)
					at++
				case at+1 < len(rest) && rest[at+1] == '\'':
					units = append(units, '\'')
					at += 2
				default:
					closed = true
					at++
				}
			}
			if !closed {
				t.Fatalf("string not closed in %q", expression)
			}
			rest = rest[at:]
		default:
			var code uint16
			if n, err := fmt.Sscanf(string(rest), "[char]0x%04X", &code); n != 1 || err != nil {
				t.Fatalf("%q is no string at %q", expression, string(rest))
			}
			units = append(units, code)
			rest = rest[len("[char]0x0000"):]
		}
	}
	return string(utf16.Decode(units))
}

func TestLiteral(t *testing.T) {
	for _, name := range hostileNames() {
		got := literal(name)
		if value := psValue(t, got); value != name {
			t.Errorf("%q is written %s and read %q", name, got, value)
		}
		for _, r := range got {
			if !unicode.IsPrint(r) || unicode.Is(unicode.Cf, r) {
				t.Errorf("%q is written with %U", name, r)
			}
		}
		if strings.HasPrefix(got, "([char]") {
			t.Errorf("%s begins with a number: PowerShell would add numbers", got)
		}
	}
}

// nativeLine is the command line Windows PowerShell 5.1 makes of arguments: one that is empty or holds a space stands in
// quotation marks, and nothing is escaped.
func nativeLine(arguments []string) string {
	line := "x.exe"
	for _, text := range arguments {
		if strings.ContainsFunc(text, unicode.IsSpace) && !strings.HasPrefix(text, `"`) {
			text = `"` + text + `"`
		}
		line += " " + text
	}
	return line
}

// argv takes a command line apart as the C run-time and CommandLineToArgvW do.
func argv(line string) []string {
	var all []string
	var b strings.Builder
	quoted, any := false, false
	runes := []rune(line)
	for i := 0; i < len(runes); i++ {
		switch r := runes[i]; {
		case r == '\\':
			n := 0
			for i < len(runes) && runes[i] == '\\' {
				n++
				i++
			}
			if i < len(runes) && runes[i] == '"' {
				b.WriteString(strings.Repeat(`\`, n/2))
				if n%2 == 1 {
					b.WriteByte('"')
				} else {
					i--
				}
			} else {
				b.WriteString(strings.Repeat(`\`, n))
				i--
			}
			any = true
		case r == '"':
			quoted, any = !quoted, true
		case (r == ' ' || r == '\t') && !quoted:
			if any {
				all = append(all, b.String())
				b.Reset()
				any = false
			}
		default:
			b.WriteRune(r)
			any = true
		}
	}
	if any {
		all = append(all, b.String())
	}
	return all[1:]
}

func TestArgument(t *testing.T) {
	for _, name := range hostileNames() {
		if strings.ContainsRune(name, 0) {
			continue // no command line can hold it
		}
		read := argv(nativeLine([]string{psValue(t, argument("before")), psValue(t, argument(name)), psValue(t, argument("after"))}))
		if len(read) != 3 || read[1] != name || read[2] != "after" {
			t.Errorf("%q is written %s and reaches the program as %q", name, argument(name), read)
		}
	}
}

func TestPlain(t *testing.T) {
	for name, want := range map[string]bool{
		"Acme Gate": true, "Default Web Site/owa": true, "Ölfilter": true, "a'b": false, `a"b`: false, "a]b": false, "": false, "-x": false, "/x": false, "a\nb": false, "a:b": false, "\u202ex": false,
	} {
		if got := plain(name); got != want {
			t.Errorf("plain(%q) = %t", name, got)
		}
	}
}
