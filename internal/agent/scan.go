package agent

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/collectors"
	"github.com/exvet/exvet/internal/diff"
	"github.com/exvet/exvet/internal/engine"
	"github.com/exvet/exvet/internal/host"
	"github.com/exvet/exvet/internal/jsonnet"
	"github.com/exvet/exvet/internal/orgdata"
	"github.com/exvet/exvet/internal/report"
)

// A scanner looks at the agent's server and judges it by the rules that answer.
type scanner struct {
	config *Config
	rules  *rules
	now    func() time.Time
	look   func(ctx, limited context.Context) (*exvet.Report, error) // tests put one here that hangs
	grace  time.Duration

	hung chan struct{} // open while a scan that was cut off has not ended
}

// A seen server: what was looked at.
type lookedAt interface {
	exvet.Host
	Problems() []error
	Close() error
}

func (s *scanner) open(ctx context.Context) (lookedAt, string, error) {
	if s.config.Source != "" {
		evidence, err := host.Open(s.config.Source)
		return evidence, s.config.Source, err
	}
	server, err := host.OpenLive(ctx, host.LiveOptions{Gentle: s.config.Gentle})
	return server, "this server", err
}

// grace is how long a scan that was cut off may take to hand over what it saw.
const grace = 10 * time.Second

func newScanner(c *Config, r *rules, now func() time.Time) *scanner {
	s := &scanner{config: c, rules: r, now: now, grace: grace}
	s.look = s.lookAndJudge
	return s
}

// scan makes a report, or says why there is none. A scan that takes longer than it may is cut off: what was seen until then is
// judged. One that does not end even so is left behind, and no other begins before it has.
func (s *scanner) scan(ctx context.Context) (*exvet.Report, error) {
	if s.hung != nil {
		select {
		case <-s.hung:
			s.hung = nil
		default:
			return nil, exvet.Refuse("agent/hung", "the scan before has not ended since it was cut off; restart the agent if it never does")
		}
	}
	type answer struct {
		report *exvet.Report
		err    error
	}
	done, ended, look := make(chan answer, 1), make(chan struct{}), s.look
	limited, cancel := context.WithTimeout(ctx, s.config.ScanTimeout)
	go func() {
		defer close(ended)
		defer cancel()
		defer func() {
			if r := recover(); r != nil {
				done <- answer{nil, fmt.Errorf("agent/failed: the scan failed: %v", r)}
			}
		}()
		found, err := look(ctx, limited)
		done <- answer{found, err}
	}()
	select {
	case a := <-done:
		return a.report, a.err
	case <-limited.Done():
	}
	timer := time.NewTimer(s.grace)
	defer timer.Stop()
	select {
	case a := <-done:
		return a.report, a.err
	case <-timer.C:
		s.hung = ended
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, exvet.Refuse("agent/timeout", "the scan was cut off after %s, and did not end", s.config.ScanTimeout)
	}
}

// lookAndJudge collects under limited and judges under ctx: a scan that is cut off is judged by what it saw.
func (s *scanner) lookAndJudge(ctx, limited context.Context) (*exvet.Report, error) {
	defer debug.FreeOSMemory()
	now := s.now().UTC().Truncate(time.Second)
	waivers, err := s.waivers()
	if err != nil {
		return nil, err
	}
	rules, err := s.rules.engine(ctx)
	if err != nil {
		return nil, err
	}
	server, name, err := s.open(limited)
	if err != nil {
		return nil, err
	}
	defer func() { _ = server.Close() }() // it only gives back what the process takes with it
	options := collectors.Options{Limit: s.collectorLimit(), Probes: rules.Probes(), Cache: s.config.cache()}
	snapshot := options.Collect(limited, server, now)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if snapshot.Server.ExchangeRoot == "" && snapshot.Server.Build == "" && len(snapshot.Collected["exchange"].Missing) == 0 {
		return nil, exvet.Refuse("source/no-exchange", "%s shows no sign of Exchange", name)
	}
	text, err := report.JSON(snapshot)
	if err != nil {
		return nil, err
	}
	document, err := engine.Read(name, text)
	if err != nil {
		return nil, err
	}
	judged, err := rules.Evaluate(ctx, document, engine.Options{Source: name, Now: now, Waivers: waivers})
	if err != nil {
		return nil, err
	}
	for _, problem := range server.Problems() {
		judged.Notes = append(judged.Notes, problem.Error())
	}
	if limited.Err() != nil {
		judged.Notes = append(judged.Notes, fmt.Sprintf("the scan was cut off after %s: this is what was seen until then", s.config.ScanTimeout))
	}
	found := &exvet.Report{
		Format: exvet.ReportFormat, GeneratedAt: now, Exvet: exvet.Program{Version: exvet.Version}, Bundles: rules.Bundles(),
		Servers: []exvet.ServerReport{judged},
	}
	found.Waivers = rules.Waivers(found.Servers, waivers, now)
	found.Differences = diff.Across(found)
	exit := engine.ExitOptions{FailOn: s.config.FailOn, Require: s.config.Require}
	if len(rules.Probes()) > 0 {
		exit.Asked = []string{collectors.ProbesSection}
	}
	engine.Conclude(found, exit)
	return found, nil
}

func (s *scanner) waivers() ([]exvet.Waiver, error) {
	var all []exvet.Waiver
	for _, file := range s.config.Waivers {
		waivers, err := orgdata.ReadWaivers(file, jsonnet.Options{})
		if err != nil {
			return nil, err
		}
		all = append(all, waivers...)
	}
	return all, nil
}

// gentleLimit is how long a collector may take that uses a tenth of one processor.
const gentleLimit = 30 * time.Minute

func (s *scanner) collectorLimit() time.Duration {
	switch {
	case s.config.CollectorTimeout > 0:
		return s.config.CollectorTimeout
	case s.config.Gentle && s.config.Source == "":
		return gentleLimit
	}
	return collectors.Limit
}
