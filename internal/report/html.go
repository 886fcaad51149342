package report

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/exvet/exvet"
)

//go:embed page
var pageFiles embed.FS

// writeHTML prints one file that holds everything it shows: it makes no request, and its policy lets it make none
// nor run a script that is not its own. Without scripts it shows the same, unfiltered.
func writeHTML(w io.Writer, r *exvet.Report, _ Options) error {
	theme, err := Theme()
	if err != nil {
		return err
	}
	style, err := pageFile("style.css")
	if err != nil {
		return err
	}
	style = theme + "\n" + style
	script, err := pageFile("script.js")
	if err != nil {
		return err
	}
	markup, err := pageFile("page.html")
	if err != nil {
		return err
	}
	page, err := template.New("page").Funcs(pageFuncs()).Parse(markup)
	if err != nil {
		return fmt.Errorf("write HTML: %w", err)
	}
	view := newView(r)
	view.Style, view.Script = template.CSS(style), template.JS(script)
	view.Policy = "default-src 'none'; img-src data:; style-src '" + digest(style) + "'; script-src '" + digest(script) +
		"'; base-uri 'none'; form-action 'none'"
	if err := page.Execute(w, view); err != nil {
		return fmt.Errorf("write HTML: %w", err)
	}
	return nil
}

// Theme gives the style all pages of exvet begin with: colours of both themes, fonts, stances. Source: page/theme.css.
func Theme() (string, error) { return pageFile("theme.css") }

func pageFile(name string) (string, error) {
	content, err := pageFiles.ReadFile("page/" + name)
	if err != nil {
		return "", fmt.Errorf("write HTML: %w", err)
	}
	return strings.TrimSpace(string(content)), nil
}

// digest names a style or a script in a content security policy.
func digest(content string) string {
	sum := sha256.Sum256([]byte(content))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// pageFuncs are the words of page.html. The template escapes; `safe` shows what does not print.
func pageFuncs() template.FuncMap {
	return template.FuncMap{
		"safe":    func(text any) string { return Safe(fmt.Sprint(text)) },
		"flow":    flow,
		"stamp":   stamp,
		"percent": percent,
		"count":   count,
		"link":    webLink,
		"join":    strings.Join,
		"status":  statusName,
		"clause":  clauseText,
		"about":   clauseShort,
		"waiver":  waiverLine,
		"bundles": bundleNames,
		"left":    leftOut,
		"skipped": whoSkipped,
		"whose":   whose,
	}
}

// statusName is a status as a reader says it.
func statusName(status exvet.Status) string {
	switch status {
	case exvet.NotApplicable:
		return "not for this server"
	case exvet.Error:
		return "in error"
	}
	return Safe(string(status))
}
