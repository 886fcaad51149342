// Package orgdata reads what an organisation says in data: waivers, settings and probes, each held against a closed form.
package orgdata

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/jsonnet"
)

// A Source is where data stands: a file, or the data files of a bundle.
type Source struct {
	Name   string            // of the file or bundle, for what has no place of its own
	Places map[string]string // "file:line" by JSON pointer
}

// At is the place of a value, or of the nearest one around it.
func (s Source) At(pointer string) string {
	for at := pointer; ; at = at[:strings.LastIndexByte(at, '/')] {
		if place, ok := s.Places[at]; ok {
			return place
		}
		if at == "" {
			return s.Name
		}
	}
}

// where leads an error to a value: its place, and its path where no line says which of several it is.
func (s Source) where(pointer string) string {
	if _, ok := s.Places[pointer]; ok || pointer == "" {
		return s.At(pointer)
	}
	return s.At(pointer) + ": " + strings.ReplaceAll(strings.TrimPrefix(pointer, "/"), "/", ".")
}

// A reader holds values against a form and keeps the first thing that does not fit.
type reader struct {
	source Source
	reason string // of refusals
	err    error
}

func (r *reader) refuse(pointer, format string, args ...any) {
	if r.err == nil {
		r.err = exvet.Refuse(r.reason, "%s: %s", r.source.where(pointer), fmt.Sprintf(format, args...))
	}
}

// An object is a table and the place it stands at.
type object struct {
	r       *reader
	pointer string
	fields  map[string]any
}

func below(pointer, name string) string { return pointer + "/" + jsonnet.Token(name) }

// object reads a table that has no other keys than those known.
func (r *reader) object(pointer string, value any, what string, known ...string) object {
	fields, ok := value.(map[string]any)
	if !ok {
		r.refuse(pointer, "%s is %s, not a table; it has the keys %s", what, kind(value), strings.Join(known, ", "))
	}
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		if !slices.Contains(known, key) {
			r.refuse(below(pointer, key), "%s has the unknown key %q; there are %s", what, key, strings.Join(known, ", "))
		}
	}
	return object{r: r, pointer: pointer, fields: fields}
}

// list reads an array and gives each member with its pointer to visit; nil is an empty one.
func (r *reader) list(pointer string, value any, what string, visit func(pointer string, member any)) {
	members, ok := value.([]any)
	if !ok && value != nil {
		r.refuse(pointer, "%s is %s, not a list", what, kind(value))
	}
	for i, member := range members {
		visit(pointer+"/"+strconv.Itoa(i), member)
	}
}

// text reads a string, without spaces around it. One that is required is not empty.
func (o object) text(key string, required bool) string {
	value, ok := o.fields[key]
	text, isText := value.(string)
	text = strings.TrimSpace(text)
	switch {
	case !ok && required:
		o.r.refuse(o.pointer, "no %s; every entry has one", key)
	case ok && !isText:
		o.r.refuse(below(o.pointer, key), "%s is %s, not a string; put it in quotes", key, kind(value))
	case ok && required && text == "":
		o.r.refuse(below(o.pointer, key), "%s is empty; every entry has one", key)
	case strings.ContainsFunc(text, func(c rune) bool { return c < ' ' && c != '\n' && c != '\t' }):
		o.r.refuse(below(o.pointer, key), "%s holds a control character; take it out", key)
	}
	return text
}

// oneOf reads a string that is one of some; fallback stands where there is none.
func (o object) oneOf(key, fallback string, allowed ...string) string {
	text := cmp.Or(o.text(key, fallback == ""), fallback)
	if o.r.err == nil && !slices.Contains(allowed, text) {
		o.r.refuse(below(o.pointer, key), "%s is %q; it is one of %s", key, text, strings.Join(allowed, ", "))
	}
	return text
}

// kind names what a value is, for people.
func kind(value any) string {
	switch value := value.(type) {
	case nil:
		return "nothing"
	case bool:
		return strconv.FormatBool(value)
	case string:
		return strconv.Quote(value)
	case []any:
		return "a list"
	case map[string]any:
		return "a table"
	}
	return fmt.Sprint(value)
}
