package xmlscan

import (
	"context"
	"errors"
	"strings"
	"testing"
)

func TestTree(t *testing.T) {
	root, err := Tree(context.Background(), []byte("<a>\n<b X='1'> one <c/> two </b>\n<B x='2'/></a>"))
	if err != nil {
		t.Fatal(err)
	}
	all := root.All("b")
	if len(all) != 2 || all[0].Attr("x") != "1" || all[1].Attr("X") != "2" || all[0].Text != "one  two" || all[1].Line != 3 {
		t.Errorf("got %+v", all)
	}
	if got := root.All("b", "c"); len(got) != 1 || got[0].Attr("none") != "" {
		t.Errorf("got %+v", got)
	}
}

func TestTreeRefuses(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"nothing", "", "line 1: no root element"},
		{"a document type", "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "line 1: a document type declaration is not allowed in configuration"},
		{"crossing tags", "<a>\n<b></a>", "line 2: </b> expected for line 2, found </a>"},
		{"depth", strings.Repeat("<a>", 1000), "line 1: more than 128 elements nested"},
		{"many elements", "<a>" + strings.Repeat("<b/>", maxTreeElements+1) + "</a>", "line 1: more than 200000 elements"},
		{"much text", "<a>" + strings.Repeat("0123456789abcdef", maxTreeText/16+1) + "</a>", "line 1: more than 32 MB of text"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Tree(context.Background(), []byte(test.text))
			var bad Malformed
			if !errors.As(err, &bad) || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}
