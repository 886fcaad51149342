package report

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// htmlBack reads the page as a browser does and finds no element, attribute or address that a text of a report
// could have brought in.
func htmlBack(t *testing.T, document []byte, want string) {
	root, err := html.Parse(bytes.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	messages := 0
	for node := range root.Descendants() {
		if node.Type != html.ElementNode {
			continue
		}
		counts[node.Data]++
		for _, attribute := range node.Attr {
			if strings.HasPrefix(attribute.Key, "on") || attribute.Key == "style" || attribute.Key == "src" || attribute.Key == "srcdoc" {
				t.Errorf("<%s %s=%q>", node.Data, attribute.Key, attribute.Val)
			}
			switch value := attribute.Val; {
			case attribute.Key != "href" || strings.HasPrefix(value, "#") || strings.HasPrefix(value, "https://"):
			case node.Data == "link" && value == "data:,":
			default:
				t.Errorf("<%s href=%q>", node.Data, value)
			}
		}
		if class(node) == "message" {
			messages++
			if !strings.Contains(spaced(content(node)), spaced(want)) {
				t.Errorf("got %q, want it to hold %q", content(node), want)
			}
		}
	}
	for _, element := range []string{"script", "style", "title", "form", "main"} {
		if counts[element] != 1 {
			t.Errorf("%d elements %s, want 1", counts[element], element)
		}
	}
	for _, element := range []string{"iframe", "img", "object", "embed", "base", "video", "audio"} {
		if counts[element] != 0 {
			t.Errorf("%d elements %s, want none", counts[element], element)
		}
	}
	if messages != 4 { // three of the six share their evidence
		t.Errorf("%d findings, want 4", messages)
	}
}

func class(node *html.Node) string {
	for _, attribute := range node.Attr {
		if attribute.Key == "class" {
			return attribute.Val
		}
	}
	return ""
}

func content(node *html.Node) string {
	var b strings.Builder
	for child := range node.Descendants() {
		if child.Type == html.TextNode {
			b.WriteString(child.Data)
		}
	}
	return b.String()
}

// spaced is a text with one space wherever there are several, as a browser shows it.
func spaced(text string) string { return strings.Join(strings.Fields(text), " ") }

// TestHTMLHoldsEverything: whatever a report says is on the page, without a script.
func TestHTMLHoldsEverything(t *testing.T) {
	r := waivedSample()
	r.Servers = append(r.Servers, twoServers().Servers[1])
	r.Servers[0].WhatIf, r.Differences = twoServers().Servers[0].WhatIf, twoServers().Differences
	for i := range r.Servers[0].Results {
		result := &r.Servers[0].Results[i]
		result.Remediation, result.Repro, result.References = "take "+result.ID+" out", "stop "+result.ID, []string{"https://example.com/" + result.ID, "odd:" + result.ID}
	}
	var b bytes.Buffer
	if err := Write(&b, "html", r, Options{}); err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(&b)
	if err != nil {
		t.Fatal(err)
	}
	page := spaced(content(root))
	want := []string{
		"EX01", "EX02", "ex02.zip", "Exchange Server 2019 CU12 (15.2.1118.7), Mailbox", "6 rules", "66 %", "100 %",
		"exvet/processes.json", `D:\Exchange\FrontEnd\HttpProxy\EWS\web.config:41`, "</system.web> expected",
		"Contoso Single Sign-On 4.1", "Contoso Ltd, signed, attribution likely", "Default Web Site/owa/Integrated",
		"AD FS or hybrid modern authentication in front of Exchange", "eval_conflict_error", "by extension",
		"replaced in spring", "MSG-1", "expired", "unused", "unknown rule", "waivers.yaml:7", "data.yaml:9", "2 rules not asked", "left out by --skip-rule", "core (embedded), org/acme 7 (unsigned)", "Exit 3",
		"inferred: the KB does not name it", "judged without Fabrikam Archiver: 2 findings left out", "found on EX01; clear on EX02",
	}
	for _, result := range r.Servers[0].Results {
		want = append(want, result.ID, result.Title, "odd:"+result.ID)
		for _, f := range result.Findings {
			want = append(want, f.Message, "take "+result.ID+" out", "stop "+result.ID)
			for _, e := range f.Evidence {
				want = append(want, e.Ref)
			}
		}
	}
	for _, text := range want {
		if strings.HasPrefix(text, "module SsoGate") && strings.Contains(text, "owa/") {
			continue // folded into the place above it
		}
		if !strings.Contains(page, spaced(text)) {
			t.Errorf("the page does not say %q", text)
		}
	}
}
