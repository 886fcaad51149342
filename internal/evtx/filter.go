package evtx

import (
	"strings"
	"time"

	"github.com/exvet/exvet"
)

// A filter decides which records are read whole.
type filter struct {
	providers map[string]bool // lower case; nil wants all
	ids       map[int]bool    // nil wants all
	since     time.Time
	known     map[string]bool // answers by a provider's name as it is spelt
}

func newFilter(query exvet.EventQuery) filter {
	f := filter{since: query.Since}
	if len(query.Providers) > 0 {
		f.providers, f.known = map[string]bool{}, map[string]bool{}
		for _, name := range query.Providers {
			f.providers[strings.ToLower(name)] = true
		}
	}
	if len(query.IDs) > 0 {
		f.ids = map[int]bool{}
		for _, id := range query.IDs {
			f.ids[id] = true
		}
	}
	return f
}

func (f *filter) id(id int) bool { return f.ids == nil || f.ids[id] }

func (f *filter) provider(name string) bool {
	if f.providers == nil {
		return true
	}
	wanted, known := f.known[name]
	if !known {
		wanted = f.providers[strings.ToLower(name)]
		if len(f.known) < maxNames {
			f.known[name] = wanted
		}
	}
	return wanted
}

// time wants an event whose time nobody knows.
func (f *filter) time(at time.Time) bool { return at.IsZero() || !at.Before(f.since) }
