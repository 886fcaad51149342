package collectors

import (
	"context"
	"errors"
	"io/fs"
	"strings"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/iisconfig"
	"github.com/exvet/exvet/internal/redact"
)

// elements reads the elements of XML files.
func (p *prober) elements(ctx context.Context, probe exvet.Probe) ([]ProbedElement, error) {
	names, err := p.located(probe)
	gaps := []error{err}
	var rows []ProbedElement
	for _, name := range names {
		path := exvet.WindowsPath(name)
		content, err := limited(p.host.Files(), name, maxProbedText)
		if errors.Is(err, fs.ErrNotExist) && !errors.Is(err, exvet.ErrNoEvidence) {
			continue
		}
		var found []iisconfig.Element
		if err == nil {
			found, _, err = iisconfig.Find(ctx, content, probe.Element, maxProbeRows+1)
		}
		if err != nil {
			missing := exvet.Missing{Reason: oneLine(err)}
			errors.As(err, &missing)
			missing.File = path
			gaps = append(gaps, exvet.Gap{Missing: missing, Cause: err})
		}
		for _, element := range found {
			rows = append(rows, ProbedElement{
				Key: exvet.PathKey(path), Path: path, Line: element.Line, Element: shortened(element.Name),
				Text: shortened(element.Text), Secret: element.Secret, Attributes: attributesOf(element),
			})
		}
		if len(rows) > maxProbeRows {
			break
		}
	}
	return rows, errors.Join(gaps...)
}

// attributesOf takes out what is secret by the element's own words: <add key="ApiToken" value="..."/>.
func attributesOf(element iisconfig.Element) []ProbedAttribute {
	named := redact.Name(element.Name)
	for _, a := range element.Attributes {
		if (strings.EqualFold(a.Name, "key") || strings.EqualFold(a.Name, "name")) && redact.Name(a.Value) {
			named = true
		}
	}
	rows := []ProbedAttribute{}
	for _, a := range element.Attributes {
		row := ProbedAttribute{Name: shortened(a.Name), Value: shortened(a.Value), Secret: a.Secret}
		names := strings.EqualFold(a.Name, "key") || strings.EqualFold(a.Name, "name")
		if redact.Name(a.Name) || named && !names {
			row.Value, row.Secret = redact.Mark, true
		}
		row.Secret = row.Secret || strings.Contains(row.Value, redact.Mark) && !strings.Contains(a.Value, redact.Mark)
		rows = append(rows, row)
	}
	return rows
}
