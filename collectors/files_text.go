package collectors

import (
	"bytes"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/exvet/exvet"
)

// A mark is something the text of a script or page does. Marks say what stands there and never that it is bad: a rule
// judges them by the file, and by which come together.
type mark struct {
	name    string
	words   []string              // one of them stands in every text that has the mark
	pattern func() *regexp.Regexp // of a text in lower case
}

// serverMarks are looked for in scripts that run on the server.
var serverMarks = []mark{
	{"assembly_load", []string{"assembly", "activator", "codeprovider"}, exvet.Pattern(`assembly\s*\.\s*load\s*\(|activator\s*\.\s*createinstance\b|csharpcodeprovider\b`)},
	{"base64", []string{"frombase64string"}, exvet.Pattern(`frombase64string\b`)},
	{"eval", []string{"eval", "execute"}, exvet.Pattern(`\beval\s*\(|\bexecuteglobal\b|\bexecute\s*\(\s*request\b`)},
	{"file_write", []string{"file", "streamwriter", "adodb.stream"}, exvet.Pattern(`\bfile\s*\.\s*(?:write|append|create|copy|move)\w*\s*\(|\bnew\s+(?:system\.io\.)?(?:streamwriter|filestream)\b|createtextfile\b|adodb\.stream\b`)},
	{"jscript", []string{"jscript"}, exvet.Pattern(`\blanguage\s*=\s*["']?\s*jscript`)},
	{"process", []string{"process", "shell", "cmd.exe", "proc_open"}, exvet.Pattern(`\bprocess\s*\.\s*start\s*\(|processstartinfo\b|wscript\.shell\b|shell\.application\b|cmd\.exe\b|\bproc_open\s*\(|\bshell_exec\s*\(`)},
	{"request", []string{"request", "$_"}, exvet.Pattern(`\brequest\s*(?:\.\s*(?:item|form|params|querystring|headers|cookies|files|inputstream|binaryread)\b|\[|\()|\$_(?:get|post|request|cookie)\b`)},
	{"upload", []string{"request", "saveas", "postedfile"}, exvet.Pattern(`\brequest\s*\.\s*files\b|\bsaveas\s*\(|postedfile\b`)},
	{"web_request", []string{"webclient", "httpclient", "webrequest", "serverxmlhttp"}, exvet.Pattern(`\bnew\s+(?:system\.net\.)?(?:webclient|httpclient)\b|webrequest\s*\.\s*create\b|serverxmlhttp\b`)},
}

// browserMarks are looked for in scripts and pages alike.
var browserMarks = []mark{
	{"call", []string{"xmlhttp", "fetch", "sendbeacon", "image", "$.", "websocket"}, exvet.Pattern(`xmlhttprequest\b|\bfetch\s*\(|sendbeacon\s*\(|\bnew\s+image\b|microsoft\.xmlhttp\b|\$\.(?:post|ajax|get)\s*\(|\bnew\s+websocket\b`)},
	{"password", []string{"password"}, exvet.Pattern(`password\b`)},
}

// marksOf gives the names of the marks of a text in lower case, sorted.
func marksOf(kind string, text []byte) []string {
	found := []string{}
	all := browserMarks
	if kind == "script" {
		all = slices.Concat(serverMarks, browserMarks)
	}
	for _, mark := range all {
		stands := func(word string) bool { return bytes.Contains(text, []byte(word)) }
		if slices.ContainsFunc(mark.words, stands) && mark.pattern().Match(text) {
			found = append(found, mark.name)
		}
	}
	slices.Sort(found)
	return found
}

// pageText gives a text as UTF-8 in lower case, whatever mark it begins with, without the zeros a text may be hidden behind.
func pageText(data []byte) []byte {
	decoded, _, err := transform.Bytes(unicode.BOMOverride(transform.Nop), data)
	if err != nil {
		decoded = data
	}
	if len(decoded) > 1 && decoded[1] == 0 && decoded[0] != 0 { // UTF-16 without a mark
		if wide, err := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder().Bytes(decoded); err == nil {
			decoded = wide
		}
	}
	return bytes.ToLower(bytes.ReplaceAll(decoded, []byte{0}, nil))
}

// linkPatterns tell by what stands before the address of another host whether something is loaded from there or sent to it.
// An address that only stands in a comment or in a link people click is neither.
var linkPatterns = []struct {
	kind   string
	before func() *regexp.Regexp
}{
	{"script", exvet.Pattern(`<(?:script|iframe|embed|object)\b[^>]*\b(?:src|data)\s*=\s*["']?$`)},
	{"script", exvet.Pattern(`\.src\s*=\s*["'\x60]$`)},
	{"form", exvet.Pattern(`<form\b[^>]*\baction\s*=\s*["']?$`)},
	{"form", exvet.Pattern(`\.action\s*=\s*["'\x60]$`)},
	{"call", exvet.Pattern(`(?:\.open\s*\(\s*["'][a-z]{3,7}["']\s*,|\bfetch\s*\(|sendbeacon\s*\(|\$\.(?:post|ajax|get)\s*\(|\burl\s*[:=]|\bnew\s+websocket\s*\()\s*["'\x60]$`)},
}

// Limits of the addresses of one file.
const (
	maxLinks   = 100    // kept
	maxAddress = 300    // bytes of one
	maxBefore  = 400    // bytes before one that are looked at
	maxSlashes = 20_000 // places that are looked at
)

// linksOf gives the addresses of other hosts in a text in lower case, in order.
func linksOf(text []byte) []PageLink {
	var found []PageLink
	line, counted := 1, 0
	for at, looked := 0, 0; looked < maxSlashes && len(found) < maxLinks; looked++ {
		next := bytes.Index(text[at:], []byte("//"))
		if next < 0 {
			break
		}
		start, end := at+next, at+next+2
		at = end
		for _, scheme := range []string{"https:", "http:", "wss:", "ws:"} {
			if bytes.HasSuffix(text[:start], []byte(scheme)) {
				start -= len(scheme)
				break
			}
		}
		before := text[max(0, start-maxBefore):start]
		if len(before) == 0 || !bytes.ContainsRune([]byte("\"'`= \t"), rune(before[len(before)-1])) {
			continue
		}
		for end < len(text) && end-start < maxAddress && !bytes.ContainsRune([]byte(" \t\r\n\"'`<>\\"), rune(text[end])) {
			end++
		}
		for _, link := range linkPatterns {
			if !link.before().Match(before) {
				continue
			}
			written := string(text[start:end])
			address, err := url.Parse(written)
			if err != nil || address.Hostname() == "" {
				break
			}
			line += bytes.Count(text[counted:start], []byte{'\n'})
			counted = start
			found = append(found, PageLink{Kind: link.kind, Host: shortened(address.Hostname()), Line: line, Text: shortened(withoutQuery(written))})
			break
		}
	}
	return found
}

// withoutQuery leaves out what may hold a secret.
func withoutQuery(address string) string {
	address, _, _ = strings.Cut(address, "?")
	return address
}
