package evtx

import (
	"encoding/binary"
	"errors"
	"time"

	"github.com/exvet/exvet"
)

// maxPayload is how many parts of an event beside its System are looked at.
const maxPayload = 8

// record reads the record at a place: its System first, and the rest only where it is wanted.
func (r *reader) record(at, size int) (exvet.Event, bool, error) {
	number := binary.LittleEndian.Uint64(r.data[at+8:])
	written := fileTime(binary.LittleEndian.Uint64(r.data[at+16:]))
	r.extend(number, written)
	r.values = r.values[:0]
	root, args, err := r.fragment(at+recordHeader, at+size-4, false)
	if err != nil {
		return exvet.Event{}, false, err
	}
	root, args, err = r.find(root, args, tagEvent, 0)
	if err != nil {
		return exvet.Event{}, false, err
	}
	event := exvet.Event{Log: r.seen.Log, Record: number, Time: written}
	wanted, err := r.system(&event, root, args)
	if err != nil || !wanted {
		return exvet.Event{}, false, err
	}
	if !r.filter.time(event.Time) {
		return exvet.Event{}, false, nil
	}
	event.Strings, event.Data = []string{}, []exvet.EventDatum{}
	err = r.payload(&event, r.nodes[root].first, args, 0)
	return event, true, err
}

// fragment gives the first node of binary XML in the chunk. The usual one is the use of a template and makes no nodes.
func (r *reader) fragment(at, end int, dependencies bool) (int32, scope, error) {
	if at+4 < end && r.data[at] == tokenFragment && r.data[at+4] == tokenInstance {
		return r.instance(at+4, end)
	}
	first, err := r.parse(at, end, dependencies)
	return first, scope{}, err
}

// find gives an element of a list, in templates the list uses too.
func (r *reader) find(first int32, args scope, wanted tag, nesting int) (int32, scope, error) {
	if nesting > maxNesting {
		return none, scope{}, errLimit
	}
	for at := first; at != none; at = r.nodes[at].next {
		if err := r.spend(1); err != nil {
			return none, scope{}, err
		}
		switch n := r.nodes[at]; {
		case n.kind == element && n.tag == wanted:
			return at, args, nil
		case n.kind == instance:
			inner, values, err := r.instance(int(n.at), int(n.at+n.n))
			if err != nil {
				return none, scope{}, err
			}
			if at, values, err := r.find(inner, values, wanted, nesting+1); err == nil {
				return at, values, nil
			}
		}
	}
	return none, scope{}, errors.New("holds no event")
}

// system reads what an event says of itself. It stops where the event turns out not to be wanted.
func (r *reader) system(event *exvet.Event, root int32, args scope) (bool, error) {
	system := none
	for at := r.nodes[root].first; at != none && system == none; at = r.nodes[at].next {
		if n := r.nodes[at]; n.kind == element && n.tag == tagSystem {
			system = at
		}
	}
	if system == none {
		return false, errors.New("holds no System")
	}
	first := r.nodes[system].first
	// First what decides.
	id, found := 0, 0
	for at := first; at != none && found < 2; at = r.nodes[at].next {
		if err := r.spend(1); err != nil {
			return false, err
		}
		switch n := r.nodes[at]; n.tag {
		case tagProvider:
			found++
			wanted, err := r.provider(event, n.attrs, args)
			if err != nil || !wanted {
				return false, err
			}
		case tagEventID:
			found++
			number, err := r.number(n.first, args)
			if err != nil {
				return false, err
			}
			id = int(number & 0xffffffff)
			if !r.filter.id(id) {
				return false, nil
			}
		}
	}
	if found < 2 && (r.filter.providers != nil || r.filter.ids != nil) {
		return false, errors.New("names no provider or id")
	}
	event.ID = id
	return true, r.details(event, first, args)
}

// provider reads the two names a provider may have.
func (r *reader) provider(event *exvet.Event, attrs int32, args scope) (bool, error) {
	name, err := r.attribute(attrs, tagName, args)
	if err != nil {
		return false, err
	}
	event.Provider = name
	if name != "" && r.filter.provider(name) {
		return true, nil
	}
	source, err := r.attribute(attrs, tagSource, args)
	if event.Provider == "" {
		event.Provider = source
	}
	return r.filter.provider(source), err
}

// details reads the rest of System.
func (r *reader) details(event *exvet.Event, first int32, args scope) error {
	for at := first; at != none; at = r.nodes[at].next {
		var err error
		switch n := r.nodes[at]; n.tag {
		case tagLevel:
			var level uint64
			level, err = r.number(n.first, args)
			event.Level = int(level & 0xff)
		case tagTime:
			err = r.created(event, n.attrs, args)
		case tagExecution:
			err = r.process(event, n.attrs, args)
		case tagChannel:
			event.Channel, err = r.string(n.first, args)
		case tagComputer:
			event.Computer, err = r.string(n.first, args)
		case tagSecurity:
			event.User, err = r.attribute(n.attrs, tagUserID, args)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// created reads when the event happened: a FILETIME, or a text in a log of forwarded events.
func (r *reader) created(event *exvet.Event, attrs int32, args scope) error {
	for at := attrs; at != none; at = r.nodes[at].next {
		if r.nodes[at].tag != tagSystemTime {
			continue
		}
		if v, ok := r.single(r.nodes[at].first, args); ok && v.kind == typeFileTime && v.n == 8 {
			event.Time = fileTime(binary.LittleEndian.Uint64(r.data[v.at:]))
			return nil
		}
		written, err := r.string(r.nodes[at].first, args)
		if at, parsed := time.Parse(time.RFC3339Nano, written); parsed == nil && at.Year() > 1600 && at.Year() < 10_000 {
			event.Time = at.UTC()
		}
		return err
	}
	return nil
}

func (r *reader) process(event *exvet.Event, attrs int32, args scope) error {
	for at := attrs; at != none; at = r.nodes[at].next {
		if r.nodes[at].tag == tagProcessID {
			pid, err := r.number(r.nodes[at].first, args)
			event.PID = int(pid & 0xffffffff)
			return err
		}
	}
	return nil
}
