package pages

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/hub/access"
	"github.com/exvet/exvet/internal/report"
)

//go:embed templates assets
var files embed.FS

// A templateCache parses each template when it is first shown.
type templateCache struct {
	mu     sync.Mutex
	parsed map[string]*template.Template
}

func (c *templateCache) get(name string) (*template.Template, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t := c.parsed[name]; t != nil {
		return t, nil
	}
	t, err := template.New("layout.html").Funcs(words()).ParseFS(files, "templates/layout.html", "templates/"+name+".html")
	if err != nil {
		return nil, fmt.Errorf("read the page %s: %w", name, err)
	}
	if c.parsed == nil {
		c.parsed = map[string]*template.Template{}
	}
	c.parsed[name] = t
	return t, nil
}

// A frame is what the layout shows around a page.
type frame struct {
	Person *access.Person
	Page   string // name of the template
	Said   string // what the last action did
	Wrong  string // why it did not
	Data   any
	Now    time.Time
	Live   bool
	Query  map[string]string
}

// May reports whether the person may do what a role may.
func (f frame) May(role string) bool { return f.Person != nil && f.Person.May(access.Role(role)) }

// Names of what a session holds until the next page.
const (
	sessionSaid  = "said"
	sessionWrong = "wrong"
)

func (s *Site) render(w http.ResponseWriter, r *http.Request, status int, name string, data any) {
	t, err := s.templates.get(name)
	if err != nil {
		s.Log.Error("show a page", "error", err)
		http.Error(w, "the hub could not show this page; its log says why", http.StatusInternalServerError)
		return
	}
	f := frame{Person: access.PersonOf(r), Page: name, Data: data, Now: time.Now(), Live: liveTemplate(name), Query: map[string]string{}}
	for key, values := range r.URL.Query() {
		f.Query[key] = values[0]
	}
	if f.Person != nil && !f.Person.ByKey {
		f.Said, f.Wrong = s.Gate.Sessions.PopString(r.Context(), sessionSaid), s.Gate.Sessions.PopString(r.Context(), sessionWrong)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, f); err != nil {
		s.Log.Error("show a page", "page", name, "error", err)
		http.Error(w, "the hub could not show this page; its log says why", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // whoever asked may have gone
}

// liveTemplate reports whether a page follows what comes in.
func liveTemplate(name string) bool {
	switch name {
	case "servers", "server", "integrations", "findings", "unknown", "waivers", "bundles", "notices":
		return true
	}
	return false
}

// Problem shows why there is no page.
func (s *Site) Problem(w http.ResponseWriter, r *http.Request, status int, text string) {
	s.render(w, r, status, "problem", map[string]any{"Status": status, "Title": http.StatusText(status), "Text": text})
}

// Asset serves the style and the script.
func (s *Site) Asset(w http.ResponseWriter, r *http.Request) {
	name := path.Base(r.PathValue("file"))
	content, err := assetFile(name)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
}

// assetFile gives a file of the page. Its style begins with that of reports.
func assetFile(name string) ([]byte, error) {
	content, err := files.ReadFile("assets/" + name)
	if err != nil || name != "style.css" {
		return content, err
	}
	theme, err := report.Theme()
	return append([]byte(theme+"\n"), content...), err
}

// asset is the address of a file that changes with its content.
func asset(name string) (string, error) {
	content, err := assetFile(name)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(content)
	return "/assets/" + name + "?" + hex.EncodeToString(sum[:6]), nil
}

// words are the functions of the templates. They escape; `safe` shows what does not print.
func words() template.FuncMap {
	return template.FuncMap{
		"asset":    asset,
		"safe":     func(text any) string { return report.Safe(fmt.Sprint(text)) },
		"ago":      ago,
		"stamp":    func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") },
		"iso":      func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"day":      func(t time.Time) string { return t.UTC().Format(time.DateOnly) },
		"percent":  func(share float64) string { return strconv.Itoa(int(share*100+0.5)) + "\u00a0%" },
		"count":    count,
		"mean":     func(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) },
		"share":    share,
		"short":    short,
		"clause":   clauseName,
		"stances":  exvet.Stances,
		"query":    template.URLQueryEscaper,
		"join":     strings.Join,
		"local":    localPath,
		"sentence": sentence,
		"add":      func(a, b int) int { return a + b },
	}
}

// sentence writes an error as people read it.
func sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:] + "."
}

// localPath is the path of a link to this hub, whatever it is called now, or "".
func localPath(link string) string {
	u, err := url.Parse(link)
	if err != nil || !strings.HasPrefix(u.Path, "/") {
		return ""
	}
	return local(u.EscapedPath())
}

// ago says how long ago a time was, for people.
func ago(t, now time.Time) string {
	if t.IsZero() {
		return "never"
	}
	d := now.Sub(t)
	switch {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return strconv.Itoa(int(d.Minutes())) + " min ago"
	case d < 48*time.Hour:
		return strconv.Itoa(int(d.Hours())) + " h ago"
	}
	return strconv.Itoa(int(d.Hours()/24)) + " days ago"
}

// count writes a number with its noun: "1 server", "2 servers".
func count(n int, noun string) string {
	text := grouped(n) + " " + noun
	if n == 1 {
		return text
	}
	if strings.HasSuffix(noun, "y") {
		return strings.TrimSuffix(text, "y") + "ies"
	}
	return text + "s"
}

// grouped writes a number with thin spaces: 10 000.
func grouped(n int) string {
	text := strconv.Itoa(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "\u202f" + text[at:]
	}
	return text
}

// share is a part of a hundred for the width of a bar.
func share(part, whole int) string {
	if whole <= 0 {
		return "0"
	}
	return strconv.FormatFloat(100*float64(part)/float64(whole), 'f', 2, 64)
}

func short(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}

// clauseName says in a few words what a clause is about.
func clauseName(clause string) string {
	return map[string]string{
		"C1": "C1 thread impersonation", "C2": "C2 changed streams", "C3": "C3 foreign code in a pool", "C4": "C4 account of a pool or service",
		"C5": "C5 DLL injection", "S": "S supported method", "-": "no clause",
	}[clause]
}
