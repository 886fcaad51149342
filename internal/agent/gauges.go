package agent

import (
	"maps"

	"github.com/open-policy-agent/opa/v1/metrics"
)

// gauges are the numbers of an agent, for OPA's status and for Prometheus. Counters of OPA's own stand among them.
type gauges struct {
	metrics.Metrics

	agent *Agent
}

func newGauges(a *Agent) *gauges { return &gauges{Metrics: metrics.New(), agent: a} }

// Info names the numbers.
func (g *gauges) Info() metrics.Info { return metrics.Info{Name: agentPlugin} }

// All gives every number.
func (g *gauges) All() map[string]any {
	all := maps.Clone(g.Metrics.All())
	if all == nil {
		all = map[string]any{}
	}
	for name, value := range g.numbers() {
		all[name] = value
	}
	return all
}

// numbers are those documented in docs/agent.md.
func (g *gauges) numbers() map[string]float64 {
	a := g.agent
	spool := a.spool.report()
	numbers := map[string]float64{
		"spool_waiting": float64(spool.Waiting), "spool_bytes": float64(spool.Bytes), "spool_dropped": float64(spool.Dropped),
		"spool_rejected": float64(spool.Rejected), "spool_write_errors": float64(spool.WriteErrors), "core_embedded": 1,
	}
	for _, b := range a.rules.describe(a.now()) {
		if b.Name == coreName && b.Origin == originFetched {
			numbers["core_embedded"] = 0
		}
	}
	a.lock.Lock()
	defer a.lock.Unlock()
	numbers["scans"], numbers["scan_failures"] = float64(a.seen.scans), float64(a.seen.failures)
	if last := a.seen.last; last != nil {
		numbers["last_scan"] = float64(last.At.Unix())
		numbers["last_scan_seconds"] = last.Seconds
		if last.Error == "" {
			numbers["last_exit_code"], numbers["rules"], numbers["coverage"] = float64(last.Exit.Code), float64(last.Rules), last.Coverage
		}
	}
	if !a.seen.nextScan.IsZero() {
		numbers["next_scan"] = float64(a.seen.nextScan.Unix())
	}
	return numbers
}
