package main

import (
	"bytes"
	"context"
	"io"
	"path"
	"strings"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/engine"
	"github.com/exvet/exvet/internal/report"
)

// explain says why one rule found something on each source or did not, in place of a report.
func explain(ctx context.Context, names []string, flags scanFlags, now time.Time, stdin io.Reader, stdout, stderr io.Writer) error {
	outputs, err := parseOutputs(flags.outputs, []string{"text", "json"})
	if err != nil {
		return err
	}
	if len(flags.rules)+len(flags.skip) > 0 {
		return exvet.Refuse("usage/explain", "--explain names the rule; leave out --rule and --skip-rule")
	}
	if _, err := path.Match(flags.explain, ""); err != nil || strings.ContainsAny(flags.explain, `*?[`) {
		return exvet.Refuse("usage/explain", "--explain %q is no id; name one rule, as exvet rule list shows them", flags.explain)
	}
	rules, err := flags.engine(ctx, now)
	if err != nil {
		return err
	}
	look := lookOptions(flags.cache, stderr, flags.quiet)
	look.Probes = rules.Probes()
	explained := []exvet.Explanation{}
	for _, name := range names {
		server, err := readSource(ctx, name, stdin, now, look)
		if err != nil {
			return err
		}
		server.tell(stderr, true)
		options := engine.Options{Source: server.name, Rules: []string{flags.explain}, Now: now}
		document, err := server.document()
		if err != nil {
			return err
		}
		judged, err := rules.Evaluate(ctx, document, options)
		if err != nil {
			return err
		}
		one, err := rules.Explain(ctx, document, flags.explain, judged, options)
		if err != nil {
			return err
		}
		explained = append(explained, one)
	}
	for _, o := range outputs {
		var content bytes.Buffer
		if o.format == "json" {
			document, err := report.JSON(explained)
			if err != nil {
				return err
			}
			content.Write(document)
		} else {
			var options report.Options
			if o.file == "" {
				options = screenOptions(stdout, flags.noColor)
			}
			for i := range explained {
				if i > 0 {
					content.WriteByte('\n')
				}
				if err := report.WriteExplanation(&content, &explained[i], options); err != nil {
					return err
				}
			}
		}
		if err := deliver(stdout, o.file, content.Bytes()); err != nil {
			return err
		}
	}
	return nil
}
