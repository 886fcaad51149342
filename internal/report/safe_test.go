package report

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/exvet/exvet"
)

// hostile are texts a server could hold to deceive whoever reads a report.
var hostile = []struct {
	name, text, safe string
}{
	{"escape", "\x1b[2J\x1b[1;1Hall clear", `\x1b[2J\x1b[1;1Hall clear`},
	{"line", "a\r\nexit 0: clean", `a\r\nexit 0: clean`},
	{"tab and bell", "a\tb\a", `a\tb\x07`},
	{"delete", "a\x7f", `a\x7f`},
	{"C1 control", "a\u009b31m", `a\x9b31m`},
	{"right to left", "exe.\u202egnp.dll", `exe.\u202egnp.dll`},
	{"isolate", "a\u2066b\u2069", `a\u2066b\u2069`},
	{"zero width", "Ow\u200baModule", `Ow\u200baModule`},
	{"byte order mark", "\ufeffOwaModule", `\ufeffOwaModule`},
	{"soft hyphen", "Owa\u00adModule", `Owa\xadModule`},
	{"no-break space", "Owa\u00a0Module", `Owa\xa0Module`},
	{"line separator", "a\u2028b", `a\u2028b`},
	{"filler that looks like nothing", "a\u3164b", `a\u3164b`},
	{"variation selector", "a\ufe0fb", `a\ufe0fb`},
	{"tag beyond the basic plane", "a\U000e0041b", `a\U000e0041b`},
	{"private use", "a\ue000b", `a\ue000b`},
	{"not UTF-8", "a\xff\xc3b", `a\xff\xc3b`},
	{"marks upon marks", "a\u0301\u0301\u0301\u0301\u0301", "a\u0301\u0301\u0301" + `\u0301\u0301`},
	{"script", `<script>alert(1)</script><img src=x onerror=alert(1)>`, `<script>alert(1)</script><img src=x onerror=alert(1)>`},
	{"attribute", `" onmouseover="alert(1)' x='`, `" onmouseover="alert(1)' x='`},
	{"end of CDATA", `]]></failure><x a="`, `]]></failure><x a="`},
	{"comment of HTML", `--><script>alert(1)</script><!--`, `--><script>alert(1)</script><!--`},
	{"address that runs", `javascript:alert(document.domain)`, `javascript:alert(document.domain)`},
	{"template", `{{.}}{{range .}}${7*7}`, `{{.}}{{range .}}${7*7}`},
	{"formula", `=cmd|'/C calc'!A0`, `=cmd|'/C calc'!A0`},
	{"formula behind a separator", `a;=cmd|'/C calc'!A0; "@SUM(1)`, `a;=cmd|'/C calc'!A0; "@SUM(1)`},
	{"formula by sign", `-2+3+cmd|' /C calc'!A0`, `-2+3+cmd|' /C calc'!A0`},
	{"formula of another width", `＝cmd`, `＝cmd`},
	{"label", `a"} 1` + "\n" + `evil{x="\`, `a"} 1\nevil{x="\`},
	{"link", `[c](https://e.org) <https://e.org> https://e.org www.e.org a@e.org`,
		`[c](https://e.org) <https://e.org> https://e.org www.e.org a@e.org`},
	{"image", `![x](https://example.com/x.png)`, `![x](https://example.com/x.png)`},
	{"mention", `@octocat #1 owner/repo#2 :tada:`, `@octocat #1 owner/repo#2 :tada:`},
	{"markup", "**all clear** `x` ``y` ~~z~~ | a | $x$ &amp; &lt; _i_ # h", "**all clear** `x` ``y` ~~z~~ | a | $x$ &amp; &lt; _i_ # h"},
	{"percent", `100%25 %s %00 {0}`, `100%25 %s %00 {0}`},
	{"plain", `C:\Ünï\日本\x.dll`, `C:\Ünï\日本\x.dll`},
}

func TestSafe(t *testing.T) {
	for _, tt := range hostile {
		t.Run(tt.name, func(t *testing.T) {
			got := Safe(tt.text)
			if got != tt.safe {
				t.Errorf("got %q, want %q", got, tt.safe)
			}
			if again := Safe(got); again != got {
				t.Errorf("a second pass changes it to %q", again)
			}
		})
	}
}

// TestHostileReport puts each hostile text into every field of a report, and each format must stay printable.
func TestHostileReport(t *testing.T) {
	for _, tt := range hostile {
		for _, format := range Formats() {
			t.Run(tt.name+" "+format, func(t *testing.T) {
				r := sample()
				taint(reflect.ValueOf(r), tt.text)
				var b bytes.Buffer
				if err := Write(&b, format, r, Options{}); err != nil {
					t.Fatal(err)
				}
				if !utf8.Valid(b.Bytes()) {
					t.Error("not UTF-8")
				}
				for i, r := range b.String() {
					if r != '\n' && !unicode.IsPrint(r) {
						t.Fatalf("%U in the output: %q", r, b.String()[max(i-40, 0):i+4])
					}
				}
				if format == "text" && !strings.Contains(b.String(), tt.safe) {
					t.Errorf("does not show %q", tt.safe)
				}
			})
		}
	}
}

// taint sets every string below v, and the keys of maps.
func taint(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Pointer:
		if !v.IsNil() {
			taint(v.Elem(), text)
		}
	case reflect.Slice:
		for i := range v.Len() {
			taint(v.Index(i), text)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				taint(v.Field(i), text)
			}
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			value := reflect.New(v.Type().Elem()).Elem()
			value.Set(v.MapIndex(key))
			taint(value, text)
			v.SetMapIndex(key, reflect.Value{})
			v.SetMapIndex(reflect.ValueOf(text), value)
		}
	}
}

// TestJSONKeepsText proves that escaping changes the bytes and not the text.
func TestJSONKeepsText(t *testing.T) {
	for _, tt := range hostile {
		if !utf8.ValidString(tt.text) {
			continue // JSON cannot hold it; it becomes U+FFFD
		}
		t.Run(tt.name, func(t *testing.T) {
			document, err := JSON(exvet.Program{Version: tt.text})
			if err != nil {
				t.Fatal(err)
			}
			var got exvet.Program
			if err := json.Unmarshal(document, &got); err != nil {
				t.Fatal(err)
			}
			if got.Version != tt.text {
				t.Errorf("got %q, want %q", got.Version, tt.text)
			}
		})
	}
}

func TestWrap(t *testing.T) {
	tests := []struct {
		name  string
		text  string
		limit int
		lines int
		want  []string
	}{
		{"short", "a b", 10, 3, []string{"a b"}},
		{"at spaces", "aaa bbb ccc", 7, 3, []string{"aaa bbb", "ccc"}},
		{"long word", "abcdefghij", 4, 3, []string{"abcd", "efgh", "ij"}},
		{"long word after a short one", "a bcdefgh", 4, 3, []string{"a", "bcde", "fgh"}},
		{"wide letters", "日本語", 4, 3, []string{"日本", "語"}},
		{"too much", "aaa bbb ccc ddd", 3, 2, []string{"aaa", "bb…"}},
		{"empty", "", 4, 3, nil},
		{"very long", strings.Repeat("a", 1<<20), 4, 2, []string{"aaaa", "aaa…"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := wrap(tt.text, tt.limit, tt.lines); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestLinesStayWithinWidth(t *testing.T) {
	for _, width := range []int{60, 100, 160} {
		r := sample()
		taint(reflect.ValueOf(r), strings.Repeat(`C:\長い\path `, 500))
		var b bytes.Buffer
		if err := Write(&b, "text", r, Options{Width: width}); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			if got := columns(strings.TrimSuffix(line, "\n")); got > width {
				t.Fatalf("width %d: line of %d columns: %.100q", width, got, line)
			}
		}
	}
}
