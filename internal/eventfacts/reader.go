package eventfacts

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/exvet/exvet"
)

// A Reader gathers facts. Give it every event, then ask for Facts once.
type Reader struct {
	logs      []Log
	kinds     map[kindKey]*kind
	processes []process

	examples table[Example]
	blocked  table[Watson] // of ConnectionPoolManager.BlockImpersonatedCallers
	watson   table[Watson]
	callers  table[ImpersonatedCaller]
	crashes  table[Crash]
	was      table[WAS]
	modules  table[ModuleFailure]
	profiles table[Profiler]
	agents   table[Agent]
	services table[Service]
	changes  table[ConfigChange]
	cmdlets  table[Cmdlet]
	errors   table[WebError]
}

type kindKey struct {
	log, provider string
	id            int
}

type kind struct {
	Kind
	first, last time.Time
}

// maxEventKinds bounds what a log with invented providers may cost.
const maxEventKinds = 2_000

// Log takes what a file of a log holds.
func (r *Reader) Log(log exvet.EventLog) {
	row := Log{
		Log: log.Log, LogKey: strings.ToLower(log.Log), File: log.File, Record: log.NewestRecord, Time: stamp(log.Newest),
		Records: log.Records, Recovered: log.Recovered, OldestRecord: log.OldestRecord, NewestRecord: log.NewestRecord,
		Oldest: stamp(log.Oldest), Newest: stamp(log.Newest), Dirty: log.Dirty, Unreadable: log.Unreadable, Chunks: log.Chunks,
		DamagedChunks: log.DamagedChunks, SkippedBytes: log.Skipped, Notes: append([]string{}, log.Notes...),
	}
	if !log.Oldest.IsZero() {
		row.WindowHours = int(log.Newest.Sub(log.Oldest).Hours())
	}
	r.logs = append(r.logs, row)
}

// Add takes an event.
func (r *Reader) Add(event exvet.Event) {
	provider := strings.ToLower(event.Provider)
	if !r.count(event, provider) {
		return
	}
	name := fmt.Sprintf("%s\x00%s\x00%d", event.Log, provider, event.ID)
	r.examples.add(event, name, func() Example {
		row := Example{Row: rowOf(event), Level: event.Level, User: event.User, Strings: []string{}}
		for _, text := range event.Strings[:min(len(event.Strings), maxExample)] {
			row.Strings = append(row.Strings, cut(clean(text), maxString))
		}
		return row
	})
	switch provider {
	case "msexchange common":
		r.addWatson(event)
	case "msexchange adaccess", "msexchangeadaccess":
		r.addCaller(event)
	case "application error", "windows error reporting", ".net runtime":
		r.addProcess(event, provider)
	case "msexchange extensibility", "msexchangetransport":
		r.addAgent(event)
	case "microsoft-windows-was", "was":
		r.addWAS(event)
	case "service control manager":
		r.addService(event)
	case "msexchange cmdletlogs":
		r.addCmdlet(event)
	case "msexchange front end http proxy":
		r.addWebError(event)
	default:
		switch {
		case event.Log == iisConfig:
			r.addChange(event)
		case strings.HasPrefix(provider, "asp.net"):
			r.addWebError(event)
		case strings.HasSuffix(provider, "w3svc-wp") || strings.HasSuffix(provider, "iis-wmsvc"):
			r.addModule(event)
		}
	}
}

// count takes an event into account of its kind. It reports false for one kind too many.
func (r *Reader) count(event exvet.Event, provider string) bool {
	if r.kinds == nil {
		r.kinds = map[kindKey]*kind{}
	}
	key := kindKey{event.Log, provider, event.ID}
	k := r.kinds[key]
	if k == nil {
		if len(r.kinds) >= maxEventKinds {
			return false
		}
		k = &kind{Kind: Kind{
			Log: event.Log, Provider: cut(event.Provider, maxString), ProviderKey: cut(provider, maxString), ID: event.ID, Level: event.Level,
			Record: event.Record,
		}}
		r.kinds[key] = k
	}
	k.Count++
	if event.Time.IsZero() {
		return true
	}
	if k.first.IsZero() || event.Time.Before(k.first) {
		k.first = event.Time
	}
	if !event.Time.Before(k.last) {
		k.last, k.Record = event.Time, event.Record
	}
	return true
}

// A process is what one event tells of a process.
type process struct {
	pid  int
	at   time.Time
	app  string
	pool string
}

const (
	maxProcesses = 4_096
	samePID      = 10 * time.Minute // a number is soon given to another process
)

func (r *Reader) addKnown(pid int, at time.Time, app, pool string) {
	if pid != 0 && (app != "" || pool != "") && len(r.processes) < maxProcesses {
		r.processes = append(r.processes, process{pid, at, app, pool})
	}
}

// join gives the application and pool of a process from the nearest event that tells.
func (r *Reader) join(pid int, written string) (app, pool string) {
	at, err := time.Parse(time.RFC3339, written)
	if pid == 0 || err != nil {
		return "", ""
	}
	nearest := samePID
	for _, p := range r.processes {
		if away := p.at.Sub(at).Abs(); p.pid == pid && away <= nearest {
			nearest, app, pool = away, cmp.Or(p.app, app), cmp.Or(p.pool, pool)
		}
	}
	return app, pool
}

// Facts gives what was gathered.
func (r *Reader) Facts() *Facts {
	f := &Facts{
		Logs: append([]Log{}, r.logs...), Kinds: []Kind{},
		Examples:            r.examples.list(func(row *Example, n int) { row.Count = n }),
		Watson:              append(r.blocked.list(watsonCount), r.watson.list(watsonCount)...),
		ImpersonatedCallers: r.callers.list(func(row *ImpersonatedCaller, n int) { row.Count = n }),
		Crashes:             r.crashes.list(func(row *Crash, n int) { row.Count = n }),
		WAS:                 r.was.list(func(row *WAS, n int) { row.Count = n }),
		ModuleFailures:      r.modules.list(func(row *ModuleFailure, n int) { row.Count = n }),
		Profilers:           r.profiles.list(func(row *Profiler, n int) { row.Count = n }),
		Agents:              r.agents.list(func(row *Agent, n int) { row.Count = n }),
		Services:            r.services.list(func(row *Service, n int) { row.Count = n }),
		ConfigChanges:       r.changes.list(func(row *ConfigChange, n int) { row.Count = n }),
		Cmdlets:             r.cmdlets.list(func(row *Cmdlet, n int) { row.Count = n }),
		WebErrors:           r.errors.list(func(row *WebError, n int) { row.Count = n }),
	}
	for _, k := range r.kinds {
		k.First, k.Last, k.Time = stamp(k.first), stamp(k.last), stamp(k.last)
		f.Kinds = append(f.Kinds, k.Kind)
	}
	slices.SortFunc(f.Kinds, func(a, b Kind) int {
		return cmp.Or(cmp.Compare(a.Log, b.Log), cmp.Compare(a.ProviderKey, b.ProviderKey), cmp.Compare(a.ID, b.ID))
	})
	slices.SortFunc(f.Logs, func(a, b Log) int { return cmp.Or(cmp.Compare(a.Log, b.Log), cmp.Compare(a.File, b.File)) })
	for i := range f.ImpersonatedCallers {
		row := &f.ImpersonatedCallers[i]
		row.AppName, row.Pool = r.join(row.PID, row.Time)
		row.PoolKey = strings.ToLower(row.Pool)
	}
	for i := range f.Crashes {
		if row := &f.Crashes[i]; row.AppName == "" {
			row.AppName, row.Pool = r.join(row.PID, row.Time)
			row.PoolKey = strings.ToLower(row.Pool)
		}
	}
	return f
}

func watsonCount(row *Watson, n int) { row.Count = n }

// Full lists the tables that had more kinds of rows than are kept.
func (r *Reader) Full() []string {
	var full []string
	for _, t := range []struct {
		name string
		full bool
	}{
		{"watson", r.watson.full || r.blocked.full}, {"impersonated_callers", r.callers.full}, {"crashes", r.crashes.full}, {"was", r.was.full},
		{"module_failures", r.modules.full}, {"profilers", r.profiles.full}, {"agents", r.agents.full}, {"services", r.services.full},
		{"config_changes", r.changes.full}, {"cmdlets", r.cmdlets.full}, {"web_errors", r.errors.full},
	} {
		if t.full {
			full = append(full, t.name)
		}
	}
	return full
}

// number reads a process id: decimal, or hexadecimal behind 0x.
func number(text string) int {
	n, err := strconv.ParseUint(strings.TrimSpace(text), 0, 32)
	if err != nil {
		return 0
	}
	return int(n)
}
