package plan

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// FuzzQuote writes a name a server holds into a command, and reads it back as PowerShell and the program it starts do.
func FuzzQuote(f *testing.F) {
	for _, name := range hostileNames() {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if !utf8.ValidString(name) {
			t.Skip("names are Unicode by the time they get here")
		}
		got := literal(name)
		if value := psValue(t, got); value != name && !bare().MatchString(got) {
			t.Errorf("%q is written %s and read %q", name, got, value)
		}
		for _, r := range got + comment(name) {
			if !unicode.IsPrint(r) || unicode.Is(unicode.Cf, r) {
				t.Errorf("%q is written with %U", name, r)
			}
		}
		if strings.ContainsRune(name, 0) {
			return // no command line can hold it
		}
		read := argv(nativeLine([]string{"before", psValue(t, argument(name)), "after"}))
		if len(read) != 3 || read[1] != name || read[2] != "after" {
			t.Errorf("%q is written %s and reaches the program as %q", name, argument(name), read)
		}
	})
}
