package agent

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/exvet/exvet/internal/jsonnet"
)

// A table is an object of a configuration, whose keys are asked for one by one.
type table struct {
	r       *reader
	pointer string
	fields  map[string]any
	known   []string
}

// table takes nothing for an empty table.
func (r *reader) table(pointer string, value any) *table {
	fields, ok := value.(map[string]any)
	if !ok && value != nil {
		r.refuse(pointer, "%s is no table", name(pointer))
	}
	return &table{r: r, pointer: pointer, fields: fields}
}

func name(pointer string) string {
	return strings.ReplaceAll(strings.TrimPrefix(pointer, "/"), "/", ".")
}

func (t *table) at(key string) string { return t.pointer + "/" + jsonnet.Token(key) }

func (t *table) get(key string) (any, bool) {
	t.known = append(t.known, key)
	value, ok := t.fields[key]
	return value, ok && value != nil
}

// closed refuses keys nobody asked for, but those named.
func (t *table) closed(others ...string) {
	known := slices.Concat(t.known, others)
	for _, key := range slices.Sorted(maps.Keys(t.fields)) {
		if !slices.Contains(known, key) {
			slices.Sort(known)
			t.r.refuse(t.at(key), "%s has the unknown key %q; there are %s", name(t.pointer), key, strings.Join(known, ", "))
		}
	}
}

func (t *table) text(key string, into *string) {
	value, ok := t.get(key)
	if !ok {
		return
	}
	text, ok := value.(string)
	if !ok {
		t.r.refuse(t.at(key), "%s is no string; put it in quotes", key)
	}
	*into = text
}

func (t *table) truth(key string, into *bool) {
	value, ok := t.get(key)
	if !ok {
		return
	}
	if *into, ok = value.(bool); !ok {
		t.r.refuse(t.at(key), "%s is neither true nor false", key)
	}
}

func (t *table) texts(key string, into *[]string) {
	value, ok := t.get(key)
	if !ok {
		return
	}
	list, ok := value.([]any)
	all := []string{}
	for _, member := range list {
		text, isText := member.(string)
		ok = ok && isText
		all = append(all, text)
	}
	if !ok {
		t.r.refuse(t.at(key), "%s is no list of strings", key)
	}
	*into = all
}

// duration reads "90s", "6h".
func (t *table) duration(key string, into *time.Duration, least time.Duration) {
	value, ok := t.get(key)
	if !ok {
		return
	}
	text, _ := value.(string)
	duration, err := time.ParseDuration(text)
	if err != nil || duration < least {
		t.r.refuse(t.at(key), "%s is %v, no time of at least %s; write it as 90s, 15m or 6h", key, value, least)
		return
	}
	*into = duration
}

// size reads an amount of bytes: a number, "256MB", "1GB".
func (t *table) size(key string, into *int64, least int64) {
	value, ok := t.get(key)
	if !ok {
		return
	}
	bytes := int64(-1)
	switch value := value.(type) {
	case float64:
		if value == math.Trunc(value) && value < 1<<53 {
			bytes = int64(value)
		}
	case string:
		lower, unit := strings.ToLower(strings.TrimSpace(value)), int64(1)
		for _, u := range []struct {
			suffix string
			bytes  int64
		}{{"gb", 1 << 30}, {"mb", 1 << 20}, {"kb", 1 << 10}} {
			if rest, ok := strings.CutSuffix(lower, u.suffix); ok {
				lower, unit = strings.TrimSpace(rest), u.bytes
				break
			}
		}
		if n, err := strconv.ParseInt(lower, 10, 64); err == nil && n <= math.MaxInt64/unit {
			bytes = n * unit
		}
	}
	if bytes < least {
		t.r.refuse(t.at(key), "%s is %v, no size of at least %dMB; write it as 256MB or 1GB", key, value, max(least>>20, 1))
		return
	}
	*into = bytes
}

func (t *table) number(key string, into *int, least int) {
	value, ok := t.get(key)
	if !ok {
		return
	}
	n, isNumber := value.(float64)
	if !isNumber || n != math.Trunc(n) || n < float64(least) || n > math.MaxInt32 {
		t.r.refuse(t.at(key), "%s is %v, no whole number of at least %d", key, value, least)
		return
	}
	*into = int(n)
}
