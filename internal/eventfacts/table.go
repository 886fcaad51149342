package eventfacts

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/redact"
)

// Limits of what enters a snapshot.
const (
	maxKinds    = 200 // of one table
	rowsPerKind = 3
	maxText     = 1_000 // characters
	maxString   = 300
	maxExample  = 16 // strings
	maxFrames   = 64
)

// A table keeps the newest rows of each kind.
type table[R any] struct {
	kinds map[string]*kept[R]
	full  bool // there were more kinds
}

type kept[R any] struct {
	count int
	rows  []timed[R] // newest first
}

type timed[R any] struct {
	at     time.Time
	record uint64
	row    R
}

// add takes an event of a kind. The row is made only where it is new enough to be kept: texts cost.
func (t *table[R]) add(event exvet.Event, kind string, row func() R) {
	if t.kinds == nil {
		t.kinds = map[string]*kept[R]{}
	}
	k := t.kinds[kind]
	if k == nil {
		if len(t.kinds) >= maxKinds {
			t.full = true
			return
		}
		k = &kept[R]{}
		t.kinds[kind] = k
	}
	k.count++
	newer := func(r timed[R]) bool {
		return event.Time.After(r.at) || event.Time.Equal(r.at) && event.Record > r.record
	}
	if len(k.rows) == rowsPerKind && !newer(k.rows[rowsPerKind-1]) {
		return
	}
	at := len(k.rows)
	for at > 0 && newer(k.rows[at-1]) {
		at--
	}
	k.rows = slices.Insert(k.rows, at, timed[R]{event.Time, event.Record, row()})
	k.rows = k.rows[:min(len(k.rows), rowsPerKind)]
}

// list gives the rows, newest first, each told how many of its kind there are.
func (t *table[R]) list(tell func(*R, int)) []R {
	all := []timed[R]{}
	for _, k := range t.kinds {
		for _, r := range k.rows {
			tell(&r.row, k.count)
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b timed[R]) int {
		return cmp.Or(b.at.Compare(a.at), cmp.Compare(b.record, a.record))
	})
	rows := make([]R, 0, len(all))
	for _, r := range all {
		rows = append(rows, r.row)
	}
	return rows
}

// rowOf gives what every row has.
func rowOf(event exvet.Event) Row {
	return Row{
		Log: event.Log, Record: event.Record, Time: stamp(event.Time), Provider: cut(event.Provider, maxString),
		ProviderKey: strings.ToLower(cut(event.Provider, maxString)), ID: event.ID, PID: event.PID,
	}
}

// stamp writes a time so that texts compare as times do.
func stamp(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format("2006-01-02T15:04:05.000Z")
}

// maxClean is how much of a text is looked at; the rest would be cut anyway.
const maxClean = 8_192

// clean takes secrets out of a text.
func clean(text string) string {
	if len(text) > maxClean {
		text = strings.ToValidUTF8(text[:maxClean], "")
	}
	return redact.Text(text)
}

// cut shortens a text to so many characters.
func cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	n := 0
	for i := range text {
		if n == limit {
			return text[:i] + "…"
		}
		n++
	}
	return text
}

// textOf puts strings together, without secrets, cut.
func textOf(all []string, between string) string {
	return cut(clean(strings.Join(all, between)), maxText)
}

// at gives the string of a place, or "".
func at(all []string, place int) string {
	if place < 0 || place >= len(all) {
		return ""
	}
	return strings.TrimSpace(all[place])
}

// named gives the value of a name, in any case, or "".
func named(event exvet.Event, names ...string) string {
	for _, name := range names {
		for _, datum := range event.Data {
			if strings.EqualFold(datum.Name, name) {
				return strings.TrimSpace(datum.Value)
			}
		}
	}
	return ""
}
