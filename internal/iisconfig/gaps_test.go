package iisconfig

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/exvet/exvet"
)

func TestReadGaps(t *testing.T) {
	tests := []struct {
		name      string
		files     map[string]string
		notCopied []string
		want      []string // error texts
		open      string   // a scope nothing may be listed for
		seen      string   // a scope that is judged all the same
	}{
		{
			name:  "a malformed web.config leaves its application open",
			files: map[string]string{"D/ex/owa/web.config": "<configuration>\n<system.web>\n</configuration>"},
			want:  []string{`D:\ex\owa\web.config:3: </system.web> expected for line 2, found </configuration> (leaves Front/owa open)`},
			open:  "Front/owa/cal", seen: "Front/",
		},
		{
			name:  "a site's web.config governs the whole site",
			files: map[string]string{"C/root/web.config": "<configuration>"},
			want:  []string{`C:\root\web.config:1: file ends before </configuration> of line 1 (leaves Front open)`},
			open:  "Front/owa", seen: "Back/",
		},
		{
			name:      "a folder nobody copied",
			notCopied: []string{"D/ex/back"},
			want:      []string{`D:\ex\back\web.config: not in the evidence (leaves Back open)`},
			open:      "Back/", seen: "Front/owa",
		},
		{
			name:  "a document type declaration",
			files: map[string]string{"D/ex/back/web.config": "<!DOCTYPE x [<!ENTITY a \"b\">]>\n<configuration />"},
			want:  []string{`D:\ex\back\web.config:1: a document type declaration is not allowed in configuration (leaves Back open)`},
			open:  "Back/", seen: "Front/owa",
		},
		{
			name:  "another root element",
			files: map[string]string{"D/ex/back/web.config": "<config />"},
			want:  []string{`D:\ex\back\web.config:1: root element is <config>, not <configuration> (leaves Back open)`},
			open:  "Back/", seen: "Front/owa",
		},
		{
			name:  "a configSource that climbs",
			files: map[string]string{"D/ex/back/web.config": web(`<system.webServer><handlers configSource="..\..\x.config" /></system.webServer>`)},
			want:  []string{`D:\ex\back\web.config:2: configSource of <handlers> on line 2 leads out of its folder: "..\\..\\x.config" (leaves Back/ open)`},
			seen:  "Front/owa",
		},
		{
			name:  "a configSource that is not there",
			files: map[string]string{"D/ex/back/web.config": web(`<system.webServer><handlers configSource="x.config" /></system.webServer>`)},
			want:  []string{`D:\ex\back\x.config: no such file, named by configSource of <handlers> on line 2 of D:\ex\back\web.config (leaves Back/ open)`},
			seen:  "Front/owa",
		},
		{
			name:  "a linked file that is broken",
			files: map[string]string{"D/ex/back/web.config": web(`<assemblyBinding><linkedConfiguration href="file://D:\ex\shared.config" /></assemblyBinding>`), "D/ex/shared.config": "<a><b></a>"},
			want:  []string{`D:\ex\shared.config:1: </b> expected for line 1, found </a> (leaves Back open)`},
			seen:  "Back/",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			files := map[string]string{hostConfig: host(modules(`<add name="A" />`))}
			for name, text := range test.files {
				files[name] = text
			}
			facts, err := read(t, server{files, test.notCopied})
			if facts == nil || err == nil {
				t.Fatalf("got facts %v and error %v, want both", facts != nil, err)
			}
			got := strings.Split(err.Error(), "\n")
			if !slices.Equal(got, test.want) {
				t.Errorf("got gaps %q, want %q", got, test.want)
			}
			listed := effective(facts)
			if test.open != "" && len(listed[test.open]) > 0 {
				t.Errorf("%q is open but lists %q", test.open, listed[test.open])
			}
			if len(listed[test.seen]) == 0 {
				t.Errorf("%q should have been judged", test.seen)
			}
		})
	}
}

func TestReadWithoutHostConfig(t *testing.T) {
	for _, test := range []struct {
		name, text, want string
		absent           bool
	}{
		{name: "absent", want: `C:\Windows\System32\inetsrv\config\applicationHost.config: not in the evidence`, absent: true},
		{name: "malformed", text: "<configuration>\n<a>\n</b>", want: `C:\Windows\System32\inetsrv\config\applicationHost.config:3: </a> expected for line 2, found </b>`},
		{name: "empty", text: " ", want: `C:\Windows\System32\inetsrv\config\applicationHost.config:1: no root element`},
	} {
		t.Run(test.name, func(t *testing.T) {
			files := map[string]string{}
			if test.text != "" {
				files[hostConfig] = test.text
			}
			facts, err := read(t, server{files: files})
			var missing exvet.Missing
			if facts != nil || !errors.As(err, &missing) || missing.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
			if errors.Is(err, exvet.ErrNoEvidence) != test.absent {
				t.Errorf("errors.Is(err, ErrNoEvidence) = %v, want %v", !test.absent, test.absent)
			}
			if !slices.Equal(missing.Facts, []string{"iis"}) {
				t.Errorf("got facts %q, want the whole section", missing.Facts)
			}
		})
	}
}
