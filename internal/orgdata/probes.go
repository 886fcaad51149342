package orgdata

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/exvet/exvet"
)

// Limits of the probes of one bundle.
const (
	maxProbes  = 200
	maxPattern = 1000 // characters of a regular expression
	maxDays    = 90
)

// Forms of names. Facts are named by them, and a rule's needs.
var nameForm = exvet.Pattern(`^[a-z][a-z0-9_]{0,63}$`)

// probeKeys are the keys of each kind of probe, beside id and the kind itself.
func probeKeys(kind exvet.ProbeKind) []string {
	switch kind {
	case exvet.ProbeRegistry:
		return []string{"value"}
	case exvet.ProbeFile:
		return []string{"read", "match"}
	case exvet.ProbeEvent:
		return []string{"provider", "ids", "days"}
	case exvet.ProbeXML:
		return []string{"element"}
	}
	return nil
}

// Probes reads the probes a bundle of an organisation holds at a pointer of its data: each has an id and one of registry,
// file, service, event and xml, which says where to read. What does not keep to the form, or reaches where no probe may
// read, is an exvet.Refusal with file and line.
func Probes(source Source, pointer, organisation string, value any) ([]exvet.Probe, error) {
	r := &reader{source: source, reason: "probe/malformed"}
	probes, first := []exvet.Probe{}, map[string]string{}
	if !nameForm().MatchString(organisation) || organisation == "asked" {
		r.refuse(pointer, "facts cannot be named after the organisation %q; name it in lower-case letters, digits and _", organisation)
	}
	r.list(pointer, value, "probes", func(pointer string, member any) {
		probe := r.probe(pointer, organisation, member)
		if other, ok := first[probe.ID]; ok {
			r.refuse(pointer, "repeats the id %q of %s; give each probe its own", probe.ID, r.source.where(other))
		}
		if first[probe.ID] = pointer; len(first) > maxProbes {
			r.refuse(pointer, "more than %d probes; take some out", maxProbes)
		}
		probes = append(probes, probe)
	})
	return probes, r.err
}

func (r *reader) probe(pointer, organisation string, value any) exvet.Probe {
	probe := exvet.Probe{Organisation: organisation, Read: []string{}, IDs: []int{}, Source: r.source.where(pointer)}
	known, kinds := []string{"id"}, []string{}
	fields, _ := value.(map[string]any)
	for _, kind := range exvet.ProbeKinds() {
		kinds = append(kinds, string(kind))
		if _, ok := fields[string(kind)]; ok {
			if probe.Kind != "" {
				r.refuse(pointer, "is both %s and %s; make two probes of it", probe.Kind, kind)
			}
			probe.Kind = kind
			known = append(known, string(kind))
			known = append(known, probeKeys(kind)...)
		}
	}
	if probe.Kind == "" {
		known = append(known, kinds...)
	}
	entry := r.object(pointer, value, "a probe", known...)
	if probe.ID = entry.text("id", true); r.err == nil && !nameForm().MatchString(probe.ID) {
		r.refuse(below(pointer, "id"), "id %q is no name of a fact; write it in lower-case letters, digits and _", probe.ID)
	}
	if probe.Kind == "" {
		r.refuse(pointer, "says nothing to read; a probe has one of %s", strings.Join(kinds, ", "))
		return probe
	}
	probe.Path = entry.text(string(probe.Kind), true)
	switch probe.Kind {
	case exvet.ProbeRegistry:
		probe.Value = entry.text("value", false)
		r.check(below(pointer, "registry"), exvet.CheckProbeKey(probe.Path))
	case exvet.ProbeFile:
		entry.file(&probe)
	case exvet.ProbeService:
		if strings.ContainsAny(probe.Path, `\/`) {
			r.refuse(below(pointer, "service"), "%q is no name of a service", probe.Path)
		}
	case exvet.ProbeEvent:
		entry.events(&probe)
	case exvet.ProbeXML:
		if probe.Element = strings.Trim(entry.text("element", true), "/"); r.err == nil && !elementForm().MatchString(probe.Element) {
			r.refuse(below(pointer, "element"), "element %q is no path of names such as configuration/appSettings/add", probe.Element)
		}
		entry.path(probe)
	}
	probe.Digest = digest(probe)
	return probe
}

var elementForm = exvet.Pattern(`^[A-Za-z_][\w.-]*(/[A-Za-z_][\w.-]*){0,30}$`)

func (r *reader) check(pointer string, err error) {
	if err != nil {
		r.refuse(pointer, "%s", err)
	}
}

// path refuses a file no probe may read, and wildcards elsewhere than in its name.
func (o object) path(probe exvet.Probe) {
	at := below(o.pointer, string(probe.Kind))
	if folder := probe.Path[:max(strings.LastIndexAny(probe.Path, `\/`), 0)]; strings.ContainsAny(folder, "*?") {
		o.r.refuse(at, "\"%s\" has a wildcard in a folder; put it into the name of the file only", probe.Path)
	}
	o.r.check(at, exvet.CheckProbePath(probe.Path, ""))
}

func (o object) file(probe *exvet.Probe) {
	o.path(*probe)
	allowed := []string{"hash", "version", "signature"}
	o.r.list(below(o.pointer, "read"), o.fields["read"], "read", func(pointer string, member any) {
		text, _ := member.(string)
		if !slices.Contains(allowed, text) || slices.Contains(probe.Read, text) {
			o.r.refuse(pointer, "read holds %s; it holds each of %s once at most", kind(member), strings.Join(allowed, ", "))
		}
		probe.Read = append(probe.Read, text)
	})
	probe.Match = o.text("match", false)
	if _, err := regexp.Compile(probe.Match); err != nil {
		o.r.refuse(below(o.pointer, "match"), "match is no regular expression: %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	if len(probe.Match) > maxPattern {
		o.r.refuse(below(o.pointer, "match"), "match is longer than %d characters", maxPattern)
	}
}

func (o object) events(probe *exvet.Probe) {
	probe.Provider = o.text("provider", false)
	o.r.list(below(o.pointer, "ids"), o.fields["ids"], "ids", func(pointer string, member any) {
		id, ok := whole(member)
		if !ok || id > math.MaxUint16 {
			o.r.refuse(pointer, "ids holds %s, not the id of an event", kind(member))
		}
		probe.IDs = append(probe.IDs, id)
	})
	if probe.Provider == "" && len(probe.IDs) == 0 {
		o.r.refuse(o.pointer, "asks for every event of the log; name a provider or ids")
	}
	days, ok := whole(o.fields["days"])
	if _, given := o.fields["days"]; !given {
		days, ok = 30, true
	}
	if probe.Days = days; !ok || days < 1 || days > maxDays {
		o.r.refuse(below(o.pointer, "days"), "days is %s; it is 1 to %d", kind(o.fields["days"]), maxDays)
	}
}

// whole reads a number that has no fraction and is not below 0.
func whole(value any) (int, bool) {
	switch n := value.(type) {
	case json.Number:
		whole, err := n.Int64()
		return int(whole), err == nil && whole >= 0 && whole <= math.MaxInt32
	case float64:
		return int(n), n >= 0 && n <= math.MaxInt32 && n == math.Trunc(n)
	}
	return 0, false
}

// digest tells two probes of one name apart: a snapshot says which it was made with.
func digest(probe exvet.Probe) string {
	probe.Source = ""
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", []any{probe.Organisation, probe.ID, probe.Kind, strings.ToLower(probe.Path), probe.Value,
		probe.Read, probe.Match, probe.Element, probe.Provider, fmt.Sprint(probe.IDs), fmt.Sprint(probe.Days)}))
	return hex.EncodeToString(sum[:8])
}
