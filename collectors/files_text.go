package collectors

import (
	"bytes"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// A mark is something the text of a script or page does. Marks say what stands there and never that it is bad: a rule
// judges them by the file, and by which come together.
type mark struct {
	name    string
	pattern *regexp.Regexp
}

// serverMarks are looked for in scripts that run on the server.
var serverMarks = []mark{
	{"assembly_load", regexp.MustCompile(`(?i)\bassembly\s*\.\s*load\s*\(|\bactivator\s*\.\s*createinstance\b|\bcsharpcodeprovider\b`)},
	{"base64", regexp.MustCompile(`(?i)\bfrombase64string\b`)},
	{"eval", regexp.MustCompile(`(?i)\beval\s*\(|\bexecuteglobal\b|\bexecute\s*\(\s*request\b`)},
	{"file_write", regexp.MustCompile(`(?i)\bfile\s*\.\s*(?:write|append|create|copy|move)\w*\s*\(|\bnew\s+(?:system\.io\.)?(?:streamwriter|filestream)\b|\bcreatetextfile\b|\badodb\.stream\b`)},
	{"jscript", regexp.MustCompile(`(?i)\blanguage\s*=\s*["']?\s*jscript`)},
	{"process", regexp.MustCompile(`(?i)\bprocess\s*\.\s*start\s*\(|\bprocessstartinfo\b|\bwscript\.shell\b|\bshell\.application\b|\bcmd\.exe\b|\bproc_open\s*\(|\bshell_exec\s*\(`)},
	{"request", regexp.MustCompile(`(?i)\brequest\s*(?:\.\s*(?:item|form|params|querystring|headers|cookies|files|inputstream|binaryread)\b|\[|\()|\$_(?:get|post|request|cookie)\b`)},
	{"upload", regexp.MustCompile(`(?i)\brequest\s*\.\s*files\b|\bsaveas\s*\(|\bpostedfile\b`)},
	{"web_request", regexp.MustCompile(`(?i)\bnew\s+(?:system\.net\.)?(?:webclient|httpclient)\b|\bwebrequest\s*\.\s*create\b|\bserverxmlhttp\b`)},
}

// browserMarks are looked for in scripts and pages alike.
var browserMarks = []mark{
	{"call", regexp.MustCompile(`(?i)\bxmlhttprequest\b|\bfetch\s*\(|\bsendbeacon\s*\(|\bnew\s+image\b|\bmicrosoft\.xmlhttp\b|\$\.(?:post|ajax|get)\s*\(|\bnew\s+websocket\b`)},
	{"password", regexp.MustCompile(`(?i)\bpassword\b`)},
}

// marksOf gives the names of the marks of a text, sorted.
func marksOf(kind string, text []byte) []string {
	found := []string{}
	all := browserMarks
	if kind == "script" {
		all = slices.Concat(serverMarks, browserMarks)
	}
	for _, mark := range all {
		if mark.pattern.Match(text) {
			found = append(found, mark.name)
		}
	}
	slices.Sort(found)
	return found
}

// pageText gives a text as UTF-8, whatever mark it begins with, without the zeros a text may be hidden behind.
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
	return bytes.ReplaceAll(decoded, []byte{0}, nil)
}

// linkPatterns find addresses of other hosts where something is loaded from or sent to. An address that only stands in a
// comment or a link people click is neither.
var linkPatterns = []struct {
	kind    string
	pattern *regexp.Regexp
}{
	{"script", regexp.MustCompile(`(?i)<(?:script|iframe|embed|object)\b[^>]*?\b(?:src|data)\s*=\s*["']?((?:https?:)?//[^\s"'<>\\]+)`)},
	{"script", regexp.MustCompile(`(?i)\.src\s*=\s*["']((?:https?:)?//[^\s"'<>\\]+)`)},
	{"form", regexp.MustCompile(`(?i)<form\b[^>]*?\baction\s*=\s*["']?((?:https?:)?//[^\s"'<>\\]+)`)},
	{"form", regexp.MustCompile(`(?i)\.action\s*=\s*["']((?:https?:)?//[^\s"'<>\\]+)`)},
	{"call", regexp.MustCompile(`(?i)(?:\.open\s*\(\s*["'][a-z]{3,7}["']\s*,\s*|\bfetch\s*\(\s*|\bsendBeacon\s*\(\s*|\$\.(?:post|ajax|get)\s*\(\s*|\burl\s*[:=]\s*|\bnew\s+WebSocket\s*\(\s*)["'\x60]((?:https?:|wss?:)?//[^\s"'<>\\\x60]+)`)},
}

// maxLinks bounds what is kept of one file.
const maxLinks = 100

// linksOf gives the addresses of other hosts in a text, in order.
func linksOf(text []byte) []PageLink {
	var found []PageLink
	for _, link := range linkPatterns {
		for _, at := range link.pattern.FindAllSubmatchIndex(text, maxLinks) {
			written := string(text[at[2]:at[3]])
			address, err := url.Parse(written)
			if err != nil || address.Hostname() == "" {
				continue
			}
			found = append(found, PageLink{
				Kind: link.kind, Host: shortened(strings.ToLower(address.Hostname())), Line: 1 + bytes.Count(text[:at[2]], []byte{'\n'}),
				Text: shortened(withoutQuery(written)),
			})
		}
	}
	slices.SortStableFunc(found, comparePageLinks)
	found = slices.Compact(found)
	return found[:min(len(found), maxLinks)]
}

// withoutQuery leaves out what may hold a secret.
func withoutQuery(address string) string {
	address, _, _ = strings.Cut(address, "?")
	return address
}
