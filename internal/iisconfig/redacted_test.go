package iisconfig

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/exvet/exvet/internal/xmlscan"
)

func TestRedacted(t *testing.T) {
	tests := []struct{ name, document, want string }{
		{"a secret keeps its fingerprint", "<a password=\"hunter2\"\n user='x'/>\n", "<a password=\"[secret:plain:56a9fbe7]\" user=\"x\"\n />\n"},
		{"a declaration", "\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<a/>", "<?xml version=\"1.0\"?>\n<a />"},
		{"comments and text", "<a><!-- password=\"hunter2\"\n -->\nhunter2 <b/></a>", "<a>\n \n<b /></a>"},
		{"a comment for text", "<a>hunter2<![CDATA[hunter2\n]]></a>", "<a>  \n</a>"},
		{"text outside the root", "<a/>\nhunter2\n", "<a />.\n\n"},
		{"a part of a value", `<add value="Server=a;Pwd=hunter2;X=1"/>`, `<add value="Server=a;Pwd=[secret];X=1" />`},
		{"an address", `<a href="https://u:hunter2@h/"/>`, `<a href="https://u:[secret]@h/" />`},
		{"what must be escaped", `<a b="&lt;&amp;&quot;&#10;"/>`, `<a b="&lt;&amp;&#34;&#xA;" />`},
		{"prefixes", `<x:a xmlns:x="u" x:b="1"></x:a>`, `<x:a xmlns:x="u" x:b="1"></x:a>`},
		{"tags that do not match", "<a>\n</b>\n<c/>", "<a>\n</b>\n<c />"},
		{"what is no XML", "<a>\n<b password=\"hunter2\n<c d=hunter2/></a>", "<a>\n\n<"},
		{"a document type", "<!DOCTYPE a [<!ENTITY x \"hunter2\">]>\n<a/>", "<!DOCTYPE>\n<a />"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := Redacted(context.Background(), []byte(test.document), "p")
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != test.want {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
			if again, _ := Redacted(context.Background(), got, "p"); !bytes.Equal(again, got) {
				t.Errorf("once more: %q", again)
			}
			sameTree(t, []byte(test.document), got)
		})
	}
}

// sameTree holds a rewritten file to its source: the same tree, or malformed on the same line.
func sameTree(t *testing.T, source, rewritten []byte) {
	t.Helper()
	want, _, wantErr := parse(context.Background(), source, "p")
	got, _, gotErr := parse(context.Background(), rewritten, "p")
	var wrong, stillWrong xmlscan.Malformed
	if errors.As(wantErr, &wrong) != errors.As(gotErr, &stillWrong) || wrong.Line != stillWrong.Line {
		t.Fatalf("got %v, want %v", gotErr, wantErr)
	}
	if wantErr == nil && !reflect.DeepEqual(got, want) {
		t.Errorf("another tree: %q", rewritten)
	}
}

// TestRedactedServers rewrites every configuration file of the made servers, and of a real one where there is one.
func TestRedactedServers(t *testing.T) {
	files := 0
	for _, top := range []string{"../../testdata/evidence", "../../../shared/evidence/ex2016-lab"} {
		_ = filepath.WalkDir(top, func(name string, entry os.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(strings.ToLower(name), ".config") {
				return nil // the real one is optional
			}
			source, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got, err := Redacted(context.Background(), source, "p")
			if err != nil {
				t.Fatal(err)
			}
			files++
			sameTree(t, source, got)
			return nil
		})
	}
	if files < 10 {
		t.Errorf("only %d files", files)
	}
}
