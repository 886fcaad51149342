package iisconfig

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/exvet/exvet/internal/xmlscan"
)

func TestParseRefuses(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"nothing", "", "line 1: no root element"},
		{"a tag that is not closed", "<a>\n<b>\n", "line 3: file ends before </b> of line 2"},
		{"tags that cross", "<a>\n<b>\n</a>", "line 3: </b> expected for line 2, found </a>"},
		{"a stray end tag", "<a/>\n</b>", "line 2: </b> without a start tag"},
		{"two roots", "<a/>\n<b/>", "line 2: second root element <b>"},
		{"an attribute twice", "<a>\n<b c='1'\n c='2'/></a>", "line 2: attribute c stands twice in <b>"},
		{"text outside", "<a/> x", "line 1: text outside the root element"},
		{"a document type", "<!DOCTYPE a><a/>", "line 1: a document type declaration is not allowed in configuration"},
		{"an unknown entity", "<a b='&x;'/>", "line 1: invalid character entity &x;"},
		{"a broken tag", "<a>\n<b c=></b></a>", "line 2: unquoted or missing attribute value in element"},
		{"depth", strings.Repeat("<a>", 1_000_000), "line 1: more than 128 elements nested"},
		{"many attributes", "<a " + manyAttributes(2_000) + "/>", "line 1: more than 1024 attributes in <a>"},
		{"an unknown encoding", `<?xml version="1.0" encoding="x-secret"?><a/>`, `line 1: encoding "xsecret" is not known`},
		{"bytes that are no text", "<a b='\xff\xff'/>", "line 1: invalid UTF-8"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := parse(context.Background(), []byte(test.text), "")
			var bad xmlscan.Malformed
			if !errors.As(err, &bad) || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func manyAttributes(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(" a")
		for ; i > 0; i /= 26 {
			b.WriteByte(byte('a' + i%26))
		}
		b.WriteString("x='1'")
	}
	return b.String()
}

func TestParseEncodings(t *testing.T) {
	const document = "<?xml version=\"1.0\" encoding=\"ENC\"?>\n<a b=\"Käse\"/>"
	utf16 := func(order unicode.Endianness, bom unicode.BOMPolicy, declared string) []byte {
		data, err := unicode.UTF16(order, bom).NewEncoder().Bytes([]byte(strings.Replace(document, "ENC", declared, 1)))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	ansi, err := charmap.Windows1252.NewEncoder().Bytes([]byte(strings.Replace(document, "ENC", "Windows-1252", 1)))
	if err != nil {
		t.Fatal(err)
	}
	plain := []byte(strings.Replace(document, "ENC", "utf-8", 1))
	tests := []struct {
		name string
		data []byte
		note string
	}{
		{"UTF-8", plain, ""},
		{"UTF-8 with a mark", append([]byte{0xef, 0xbb, 0xbf}, plain...), ""},
		{"UTF-16 little endian", utf16(unicode.LittleEndian, unicode.UseBOM, "utf-16"), ""},
		{"UTF-16 big endian", utf16(unicode.BigEndian, unicode.UseBOM, "UTF-16"), ""},
		{"UTF-16 without a mark", utf16(unicode.LittleEndian, unicode.IgnoreBOM, "utf-16"), ""},
		{"UTF-16 that claims UTF-8", utf16(unicode.LittleEndian, unicode.UseBOM, "utf-8"), "declared as utf8, but its byte-order mark says UTF-16"},
		{"UTF-8 that claims UTF-16", []byte(strings.Replace(document, "ENC", "utf-16", 1)), "declared as utf16, read as UTF-8"},
		{"windows-1252", ansi, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			root, notes, err := parse(context.Background(), test.data, "")
			if err != nil {
				t.Fatal(err)
			}
			if got := root.attr("b"); got != "Käse" || root.line != 2 {
				t.Errorf("got %q on line %d, want Käse on line 2", got, root.line)
			}
			if got := strings.Join(notes, "; "); got != test.note {
				t.Errorf("got note %q, want %q", got, test.note)
			}
		})
	}
}

func TestParseStopsWhenAsked(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	data := []byte("<a>" + strings.Repeat("<b/>", 10_000) + "</a>")
	if _, _, err := parse(ctx, data, ""); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

func TestParseHidesSecrets(t *testing.T) {
	const document = `<configuration>
<a password="hunter2" userName="ACME\svc" />
<b sessionKey="AAAA" validationKey="AutoGenerate,IsolateApps" decryptionKey="0123" />
<add key="SmtpPassword" value="hunter2" />
<add name="Main" connectionString="Server=x;Password=hunter2" />
<c anything="[enc:AesProvider:hunter2:enc]" />
</configuration>`
	root, _, err := parse(context.Background(), []byte(document), "salt")
	if err != nil {
		t.Fatal(err)
	}
	want := []struct{ element, name, kind string }{
		{"a", "password", "plain"}, {"b", "sessionKey", "plain"}, {"b", "decryptionKey", "plain"},
		{"add", "value", "plain"}, {"c", "anything", "encrypted"},
	}
	for _, w := range want {
		n := root.child(w.element)
		if n.attr(w.name) != "[secret]" || n.secret(w.name) == nil || n.secret(w.name).Kind != w.kind {
			t.Errorf("%s of <%s> is %q with %v, want a %s secret", w.name, w.element, n.attr(w.name), n.secret(w.name), w.kind)
		}
	}
	for _, n := range root.children {
		for _, a := range n.attrs {
			if strings.Contains(a.value, "hunter2") {
				t.Errorf("%s of <%s> shows %q", a.name, n.name, a.value)
			}
		}
	}
	if got := root.child("b").attr("validationKey"); got != "AutoGenerate,IsolateApps" {
		t.Errorf("a key IIS makes itself is no secret, got %q", got)
	}
	other, _, _ := parse(context.Background(), []byte(document), "another salt")
	if a, b := root.child("a").secret("password"), other.child("a").secret("password"); a.Fingerprint == b.Fingerprint {
		t.Errorf("one fingerprint %s with two salts", a.Fingerprint)
	}
}

// FuzzParse holds the parser to: no panic, and a tree whenever there is no error.
func FuzzParse(f *testing.F) {
	f.Add([]byte(host(modules(`<add name="A" />`))))
	f.Add([]byte("\xff\xfe<\x00a\x00/\x00>\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		root, _, err := parse(context.Background(), data, "")
		if err == nil && root == nil {
			t.Fatal("neither a tree nor an error")
		}
	})
}

func BenchmarkScan(b *testing.B) {
	var text bytes.Buffer
	text.WriteString("<configuration><assemblyBinding>")
	for range 5_000 {
		text.WriteString(`<dependentAssembly><assemblyIdentity name="Microsoft.Exchange.Clients.Security.resources" publicKeyToken="31bf3856ad364e35" culture="af" /><codeBase version="15.0.0.0" href="file:///C:\ex\bin\af\Microsoft.Exchange.Clients.Security.resources.dll" /></dependentAssembly>` + "\n")
	}
	text.WriteString("</assemblyBinding></configuration>")
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		_, err := xmlscan.Scan(context.Background(), text.Bytes(), xmlscan.Visitor{Start: func(string, []xml.Attr, int) {}, End: func() {}})
		if err != nil {
			b.Fatal(err)
		}
	}
}
