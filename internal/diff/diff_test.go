package diff

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/exvet/exvet"
)

// rule makes a result with findings on subjects; "!" before a subject waives it, "?" as the only subject leaves facts missing.
func rule(id string, subjects ...string) exvet.Result {
	result := exvet.Result{About: exvet.About{ID: id, Title: id, Stance: exvet.Unsupported}, Status: exvet.Clear}
	for _, subject := range subjects {
		if subject == "?" {
			result.Missing = []exvet.Missing{{Facts: []string{"iis"}}}
			continue
		}
		finding := exvet.Finding{Subject: strings.TrimPrefix(subject, "!"), Message: "m " + subject, Severity: exvet.High}
		if strings.HasPrefix(subject, "!") {
			finding.Waiver = &exvet.Waiver{Owner: "x"}
		}
		result.Findings = append(result.Findings, finding)
	}
	return result
}

func judged(build string, results ...exvet.Result) *exvet.Report {
	return &exvet.Report{Servers: []exvet.ServerReport{{
		Server: exvet.ReportedServer{Name: "EX01", Build: build}, Results: results, Snapshot: exvet.SnapshotStamp{CollectedAt: time.Unix(0, 0)},
	}}}
}

func TestReports(t *testing.T) {
	before := judged("15.2.1118.7", rule("A", "same", "gone", "waived-later", "!waived-before"), rule("B", "hidden"), rule("C", "?"), rule("E", "unasked"), rule("F"))
	after := judged("15.2.1258.12", rule("A", "same", "fresh", "!waived-later", "waived-before"), rule("B", "?"), rule("C", "seen-now"), rule("F", "!excused"), rule("G", "from a new rule"))
	got := Reports(before, after)
	var lines []string
	for _, f := range got.Servers[0].Findings {
		lines = append(lines, fmt.Sprintf("%s %s %s", f.State, f.Rule, f.Subject))
	}
	want := []string{
		"new A fresh", "new F excused", "appeared C seen-now", "appeared G from a new rule", "unwaived A waived-before", "unknown B hidden", "unknown E unasked", "waived A waived-later",
		"still A same", "fixed A gone",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
	if !got.Servers[0].Updated {
		t.Error("another build is no update")
	}
	counting := 0
	for _, f := range got.Servers[0].Findings {
		if f.Counts("medium") {
			counting++
		}
		if f.Counts("never") || f.Counts("critical") {
			t.Errorf("%s counts though nothing of its severity should", f.Subject)
		}
	}
	if counting != 4 {
		t.Errorf("%d findings count as new, want 4: fresh, seen-now, the new rule's and the one no longer waived", counting)
	}
}

func TestServersByName(t *testing.T) {
	many := func(names ...string) *exvet.Report {
		r := &exvet.Report{}
		for _, name := range names {
			r.Servers = append(r.Servers, exvet.ServerReport{Server: exvet.ReportedServer{Name: name}})
		}
		return r
	}
	got := Reports(many("EX01", "EX02"), many("ex02", "EX03"))
	if len(got.Servers) != 1 || got.Servers[0].Name != "ex02" || !slices.Equal(got.OnlyOld, []string{"EX01"}) || !slices.Equal(got.OnlyNew, []string{"EX03"}) {
		t.Errorf("got %+v", got)
	}
	if got := Reports(many("EX01"), many("EX09")); len(got.Servers) != 1 {
		t.Error("one server on each side is compared whatever it is called")
	}
}

const madeSnapshot = `{"collected": {"iis": {"status": "complete", "missing": []}, "services": {"status": "%s", "missing": []}},
	"facts": {"iis": {
		"apps": [{"scope": "Default Web Site/owa"}%s],
		"pools": [{"key": "a", "identity_type": "%s", "line": %d}],
		"modules": [{"key": "m", "file": "x", "scopes": ["", "Default Web Site/owa"%s]}]
	}, "services": {"list": [%s]}}}`

func TestObjects(t *testing.T) {
	before := fmt.Sprintf(madeSnapshot, "complete", "", "LocalSystem", 1, "", `{"key": "s"}, {"key": "gone"}`)
	after := fmt.Sprintf(madeSnapshot, "complete", `, {"scope": "Default Web Site/new"}`, "SpecificUser", 9, `, "Default Web Site/new", "Default Web Site/owa/sub"`, `{"key": "s"}`)
	document := Reports(judged("1"), judged("1"))
	if err := document.Snapshots([]byte(before), []byte(after)); err != nil {
		t.Fatal(err)
	}
	got := lines(document)
	want := []string{
		`changed pool a identity_type "LocalSystem" "SpecificUser"`,
		"added application Default Web Site/new",
		`changed module m in x scopes [] ["Default Web Site/owa/sub"]`,
		"removed service gone",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}

	after = fmt.Sprintf(madeSnapshot, "partial", "", "LocalSystem", 1, "", `{"key": "s"}`)
	after = strings.Replace(after, `"partial", "missing": []`, `"partial", "missing": [{"facts": ["services.list"], "scope": "", "reason": "broken", "file": "", "line": 0}]`, 1)
	document = Reports(judged("1"), judged("1"))
	if err := document.Snapshots([]byte(before), []byte(after)); err != nil {
		t.Fatal(err)
	}
	if got := lines(document); !slices.Equal(got, []string{"not seen service gone"}) {
		t.Errorf("what was not seen whole: %q", got)
	}
	if open := document.Servers[0].Open; !slices.ContainsFunc(open, func(o Open) bool { return o.Kind == "service" && strings.Contains(o.Reason, "broken") }) {
		t.Errorf("services are not said to be open: %+v", open)
	}
}

func lines(document *Document) []string {
	var all []string
	for _, object := range document.Servers[0].Objects {
		line := object.State + " " + object.Kind + " " + object.Name
		for _, change := range object.Changes {
			line += " " + change.Field + " " + change.Old + " " + change.New
		}
		all = append(all, line)
	}
	return all
}

func TestAcross(t *testing.T) {
	both := &exvet.Report{}
	for i, results := range [][]exvet.Result{{rule("A", "x", "y"), rule("B", "z")}, {rule("A", "x"), rule("B", "?")}} {
		both.Servers = append(both.Servers, exvet.ServerReport{Server: exvet.ReportedServer{Name: fmt.Sprint("EX", i)}, Results: results})
	}
	got, _ := json.Marshal(Across(both))
	want := `[{"rule":"A","title":"A","stance":"unsupported","severity":"high","subject":"y","found":["EX0"],"clear":["EX1"],"unknown":[]},` +
		`{"rule":"B","title":"B","stance":"unsupported","severity":"high","subject":"z","found":["EX0"],"clear":[],"unknown":["EX1"]}]`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := Across(judged("1", rule("A", "x"))); got != nil {
		t.Errorf("one server differs from itself: %v", got)
	}
}

func TestHostileText(t *testing.T) {
	nasty := "a\x1b[31m\nb\u202e<script>alert(1)</script> [x](javascript:y) `q` |"
	before := judged("1", rule("A", nasty))
	after := judged("2\n"+nasty, rule("A"))
	after.Servers[0].Server.Name = nasty
	document := Reports(before, after)
	for _, format := range []string{"text", "markdown"} {
		var b bytes.Buffer
		if err := Write(&b, format, document); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(b.String(), "\x1b\u202e") {
			t.Errorf("%s passes control characters on: %q", format, b.String())
		}
		bare := strings.NewReplacer(`\<`, "", `\[`, "", `\]`, "", "\\`", "").Replace(b.String())
		if format == "markdown" && strings.ContainsAny(bare, "<[]`") {
			t.Errorf("markdown passes markup on: %q", b.String())
		}
	}
	if err := Write(&bytes.Buffer{}, "pdf", document); err == nil {
		t.Error("an unknown format is not refused")
	}
}
