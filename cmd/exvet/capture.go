package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/collectors"
	"github.com/exvet/exvet/internal/capture"
	"github.com/exvet/exvet/internal/host"
	"github.com/exvet/exvet/internal/report"
)

// captureFrom looks at a copied disk and writes what was read of it into a zip. The source is what collectors saw.
func captureFrom(ctx context.Context, name, file string, now time.Time, options capture.Options, probes []exvet.Probe) (*source, error) {
	if info, err := os.Stat(name); err == nil && !info.IsDir() {
		if other, err := os.Stat(file); err == nil && os.SameFile(info, other) {
			return nil, exvet.Refuse("usage/raw", "--raw %q is the source itself; name another file", file)
		}
	}
	evidence, err := host.Open(name)
	if err != nil {
		return nil, err
	}
	defer evidence.Close()
	recorder := capture.Record(evidence)
	snapshot := collectors.Options{Probes: probes}.Collect(ctx, recorder, now)
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("collect from %q: %w", name, err)
	}
	document, err := report.JSON(snapshot)
	if err != nil {
		return nil, err
	}
	found, err := newSource(name, document)
	if err != nil {
		return nil, err
	}
	if err := writeCapture(ctx, recorder, file, options); err != nil {
		return nil, err
	}
	for _, problem := range evidence.Problems() {
		found.problems = append(found.problems, problem.Error())
	}
	return found, nil
}

// writeCapture writes the zip whole, or leaves what was there.
func writeCapture(ctx context.Context, recorder *capture.Recorder, file string, options capture.Options) error {
	name := filepath.Join(filepath.Dir(file), fmt.Sprintf(".%s.%d.tmp", filepath.Base(file), os.Getpid()))
	// What a capture holds is nobody else's business.
	temporary, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return refuseOutput(file, err)
	}
	err = recorder.Write(ctx, temporary, options)
	if closed := temporary.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(name, file)
	}
	if err != nil {
		_ = os.Remove(name)
		return fmt.Errorf("capture to %q: %w", file, err)
	}
	return nil
}
