package collectors

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/authenticode"
	"github.com/exvet/exvet/internal/redact"
)

// ProbesSection is the name of the section of facts that organisations ask for.
const ProbesSection = "probes"

// Limits of what probes may put into a snapshot.
const (
	maxProbeRows = 1000             // of one probe
	probeLimit   = 30 * time.Second // for one probe
)

// A ProbeAsked is a probe that was read, with how much it found: nothing where the server does not have it.
type ProbeAsked struct {
	Organisation string `json:"organisation"`
	ID           string `json:"id"`
	Kind         string `json:"kind"`
	Path         string `json:"path"`
	Digest       string `json:"digest"` // of the probe; the same name with another digest asks for something else
	Rows         int    `json:"rows"`
}

// A ProbedValue is a value of a registry key.
type ProbedValue struct {
	Key    string   `json:"key"`  // of the registry, in lower case
	Path   string   `json:"path"` // of the key, as the probe has it
	Name   string   `json:"name"` // "" for the default value
	Type   int      `json:"type"` // 1 text, 2 text with variables, 3 binary, 4 number, 7 texts, 11 long number
	Text   string   `json:"text"`
	Texts  []string `json:"texts"`
	Number int64    `json:"number"`
	Secret bool     `json:"secret"` // the value was taken out, or a part of it
	Ref    string   `json:"ref"`
}

// A ProbedFile is a file that is there.
type ProbedFile struct {
	Key       string                 `json:"key"` // path in lower case
	Path      string                 `json:"path"`
	Size      int64                  `json:"size"`
	Modified  string                 `json:"modified"` // RFC 3339, UTC, or ""
	SHA256    string                 `json:"sha256"`   // or "", where the probe does not ask
	Version   authenticode.Version   `json:"version"`
	Signature authenticode.Signature `json:"signature"` // in the file itself or in one of the host's catalogs
	Matches   []ProbedLine           `json:"matches"`
}

// A ProbedLine is a line of a file that matched, secrets taken out.
type ProbedLine struct {
	Line int    `json:"line"`
	Text string `json:"text"`
}

// A ProbedEvent is one event.
type ProbedEvent struct {
	Log      string   `json:"log"`
	Record   int64    `json:"record"`
	Time     string   `json:"time"` // RFC 3339, UTC
	Provider string   `json:"provider"`
	ID       int      `json:"id"`
	Level    int      `json:"level"`
	Computer string   `json:"computer"`
	Strings  []string `json:"strings"` // secrets taken out
	Ref      string   `json:"ref"`     // "event:LOG/ID#RECORD"
}

// A ProbedElement is one element of an XML file.
type ProbedElement struct {
	Key        string            `json:"key"` // path of the file in lower case
	Path       string            `json:"path"`
	Line       int               `json:"line"`
	Element    string            `json:"element"`
	Text       string            `json:"text"`   // its own, not that of its children
	Secret     bool              `json:"secret"` // Text was taken out, or a part of it
	Attributes []ProbedAttribute `json:"attributes"`
}

// A ProbedAttribute is one of an element's attributes.
type ProbedAttribute struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Secret bool   `json:"secret"` // Value was taken out, or a part of it
}

// ProbeRows gives an example of a row of each kind of probe; their types are the facts.
func ProbeRows() map[exvet.ProbeKind]any {
	return map[exvet.ProbeKind]any{
		exvet.ProbeRegistry: ProbedValue{}, exvet.ProbeFile: ProbedFile{}, exvet.ProbeService: Service{},
		exvet.ProbeEvent: ProbedEvent{}, exvet.ProbeXML: ProbedElement{},
	}
}

// probe reads what organisations ask for and puts it into a snapshot: facts.probes.<organisation>.<id> is a list of rows,
// facts.probes.asked says what was read. Without probes the section is left out. What cannot be read leaves that probe open.
func probe(ctx context.Context, host exvet.Host, snapshot *exvet.Snapshot, probes []exvet.Probe) {
	if len(probes) == 0 {
		return
	}
	p := prober{host: host, machine: newMachine(host), server: snapshot.Server, now: snapshot.CollectedAt}
	facts, asked, gaps := map[string]any{}, []ProbeAsked{}, []error{}
	for _, probe := range probes {
		rows, count, err := p.within(ctx, probe)
		for _, cause := range leaves(err) {
			var missing exvet.Missing
			if !errors.As(cause, &missing) {
				missing.Reason = oneLine(cause)
			}
			missing.Facts = []string{probe.Name()}
			gaps = append(gaps, exvet.Gap{Missing: missing, Cause: cause})
		}
		of, _ := facts[probe.Organisation].(map[string]any)
		if of == nil {
			of = map[string]any{}
			facts[probe.Organisation] = of
		}
		of[probe.ID] = rows
		asked = append(asked, ProbeAsked{
			Organisation: probe.Organisation, ID: probe.ID, Kind: string(probe.Kind), Path: probe.Path, Digest: probe.Digest, Rows: count,
		})
	}
	facts["asked"] = asked
	snapshot.Collected[ProbesSection] = section(ProbesSection, true, errors.Join(gaps...))
	snapshot.Facts[ProbesSection] = facts
}

// A prober reads probes of one host.
type prober struct {
	host    exvet.Host
	machine *machine
	server  exvet.Server
	now     time.Time
	trust   *trust // nil until a probe asks for a signature
}

// within reads one probe alone and within its time. Rows are a list, never nil; an error leaves the probe open.
func (p *prober) within(ctx context.Context, probe exvet.Probe) (rows any, count int, err error) {
	ctx, cancel := context.WithTimeout(ctx, probeLimit)
	defer cancel()
	defer func() {
		if r := recover(); r != nil {
			rows, count, err = []any{}, 0, fmt.Errorf("probe %s failed: %v", probe.Name(), r)
		}
	}()
	switch probe.Kind {
	case exvet.ProbeRegistry:
		return bounded(p.values(ctx, probe))
	case exvet.ProbeFile:
		return bounded(p.files(ctx, probe))
	case exvet.ProbeService:
		return bounded(p.services(ctx, probe))
	case exvet.ProbeEvent:
		return bounded(p.events(ctx, probe))
	case exvet.ProbeXML:
		return bounded(p.elements(ctx, probe))
	}
	return []any{}, 0, fmt.Errorf("probe of the unknown kind %q", probe.Kind)
}

// bounded cuts rows off at the limit and says so.
func bounded[R any](rows []R, err error) (any, int, error) {
	if len(rows) > maxProbeRows {
		rows, err = rows[:maxProbeRows], errors.Join(err, fmt.Errorf("more than %d rows; ask for less", maxProbeRows))
	}
	return append([]R{}, rows...), len(rows), err
}

// values reads a registry key. A key that is not there has no rows.
func (p *prober) values(ctx context.Context, probe exvet.Probe) ([]ProbedValue, error) {
	if err := exvet.CheckProbeKey(probe.Path); err != nil {
		return nil, err
	}
	r := newRegistryReader(ctx, p.host, ProbesSection)
	key := r.key(probe.Path)
	if key == nil {
		return nil, r.done()
	}
	var rows []ProbedValue
	for _, value := range key.Values {
		if probe.Value != "" && !strings.EqualFold(probe.Value, value.Name) {
			continue
		}
		row := ProbedValue{
			Key: strings.ToLower(probe.Path), Path: probe.Path, Name: shortened(value.Name), Type: int(value.Type),
			Text: shortened(value.Text()), Texts: shortenedAll(value.Texts()), Ref: probe.Path + "!" + shortened(value.Name),
		}
		if n, ok := value.Number(); ok {
			row.Number = int64(min(n, 1<<53))
		}
		row.Secret = strings.Contains(row.Text, redact.Mark) && !strings.Contains(value.Text(), redact.Mark)
		if redact.Name(value.Name) || redact.Name(probe.Path[strings.LastIndex(probe.Path, `\`)+1:]) {
			row.Text, row.Texts, row.Number, row.Secret = redact.Mark, []string{}, 0, true
		}
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(a, b ProbedValue) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	return rows, r.done()
}

// services reads the services of a name.
func (p *prober) services(ctx context.Context, probe exvet.Probe) ([]Service, error) {
	r := newRegistryReader(ctx, p.host, ProbesSection)
	all := r.key(servicesKey)
	var rows []Service
	for _, name := range sorted(all) {
		if !wild(probe.Path, name) {
			continue
		}
		if len(rows) > maxProbeRows || ctx.Err() != nil {
			break
		}
		key := r.key(servicesKey + `\` + name)
		if _, typed := key.Value("Type"); typed {
			rows = append(rows, (&Services{}).service(r, p.machine, name, key))
		}
	}
	return rows, r.done()
}

// events reads the newest events of a log.
func (p *prober) events(ctx context.Context, probe exvet.Probe) ([]ProbedEvent, error) {
	query := exvet.EventQuery{Log: probe.Path, IDs: probe.IDs, Since: p.now.AddDate(0, 0, -probe.Days)}
	if probe.Provider != "" {
		query.Providers = []string{probe.Provider}
	}
	var rows []ProbedEvent
	var gaps []error
	query.Seen = func(log exvet.EventLog) {
		if lost := lostEvents(log); lost != "" {
			gaps = append(gaps, exvet.Missing{Reason: lost, File: log.File})
		}
		if log.Oldest.IsZero() || log.Oldest.After(query.Since) {
			gaps = append(gaps, exvet.Missing{Reason: fmt.Sprintf("does not reach back the %d days asked for", probe.Days), File: log.File})
		}
	}
	for event, err := range p.host.Events(ctx, query) {
		if errors.Is(err, exvet.ErrNoEvidence) {
			return nil, fmt.Errorf("event log %q is %s: %w", probe.Path, copyLogs, exvet.ErrNoEvidence)
		}
		if err != nil {
			return rows, errors.Join(append(gaps, err)...)
		}
		if rows = append(rows, probed(event)); len(rows) > 4*maxProbeRows {
			rows = newest(rows)
		}
	}
	return newest(rows), errors.Join(gaps...)
}

func probed(event exvet.Event) ProbedEvent {
	row := ProbedEvent{
		Log: event.Log, Record: int64(min(event.Record, 1<<53)), Provider: shortened(event.Provider), ID: event.ID, Level: event.Level,
		Computer: shortened(event.Computer), Ref: fmt.Sprintf("event:%s/%d#%d", event.Log, event.ID, event.Record), Strings: []string{},
	}
	if !event.Time.IsZero() {
		row.Time = event.Time.UTC().Format(time.RFC3339)
	}
	texts := event.Strings
	for _, datum := range event.Data {
		texts = append(texts[:len(texts):len(texts)], datum.Name+"="+datum.Value)
	}
	row.Strings = shortenedAll(texts)
	return row
}

// newest sorts events, latest first, and keeps one more than a probe may have.
func newest(rows []ProbedEvent) []ProbedEvent {
	slices.SortFunc(rows, func(a, b ProbedEvent) int {
		if a.Time != b.Time {
			return strings.Compare(b.Time, a.Time)
		}
		return int(b.Record - a.Record)
	})
	return rows[:min(len(rows), maxProbeRows+1)]
}
