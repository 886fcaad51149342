package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// A fixture is a made server of policies/fixtures.
type fixture struct {
	Collected map[string]struct {
		Status string `json:"status"`
	} `json:"collected"`
	Facts map[string]map[string]any `json:"facts"` // sections, lists, rows
}

func readFixture(t *testing.T, name string) fixture {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "..", "policies", "fixtures", name, "snapshot.json"))
	if err != nil {
		t.Fatal(err)
	}
	var snapshot fixture
	if err := json.Unmarshal(content, &snapshot); err != nil {
		t.Fatalf("fixture %s: %v", name, err)
	}
	return snapshot
}

// fixtureAbout says in what a fixture differs from the healthy server, in the facts a rule needs: "iis.apps: Default Web
// Site/OAB with pool DefaultAppPool"; without needs, in all. The first few differences of each fact are told.
func fixtureAbout(healthy, made fixture, needs []string) string {
	const most = 3
	var all []string
	for _, section := range slices.Sorted(maps.Keys(made.Collected)) {
		read := needs == nil || slices.ContainsFunc(needs, func(need string) bool { return need == section || strings.HasPrefix(need, section+".") })
		if status := made.Collected[section].Status; read && status != healthy.Collected[section].Status {
			all = append(all, section+" is "+status)
		}
	}
	for _, section := range slices.Sorted(maps.Keys(made.Facts)) {
		for _, list := range slices.Sorted(maps.Keys(made.Facts[section])) {
			path := section + "." + list
			if needs != nil && !slices.Contains(needs, path) && !slices.Contains(needs, section) {
				continue
			}
			differences := factDifferences(healthy.Facts[section][list], made.Facts[section][list])
			if more := len(differences) - most; more > 0 {
				differences = append(differences[:most:most], fmt.Sprintf("and %d more", more))
			}
			if len(differences) > 0 {
				all = append(all, path+": "+strings.Join(differences, "; "))
			}
		}
	}
	if len(all) == 0 && needs != nil {
		return fixtureAbout(healthy, made, nil) // the rule reads more than it cannot do without
	}
	return strings.Join(all, ". ")
}

// factDifferences compares a fact with that of the healthy server. Rows without a counterpart are new or missing; of others
// the fields that differ are told.
func factDifferences(before, after any) []string {
	old, isList := rowsOf(before)
	rows, ok := rowsOf(after)
	switch {
	case !ok && reflect.DeepEqual(before, after):
		return nil
	case !ok || !isList && before != nil:
		return []string{"is " + shortValue(after)}
	case len(rows) == 0:
		return nil // a fixture that leaves out what it is not about
	}
	var all []string
	var fresh []map[string]any
	for _, row := range rows {
		if at := slices.IndexFunc(old, func(o map[string]any) bool { return reflect.DeepEqual(o, row) }); at >= 0 {
			old = slices.Delete(slices.Clone(old), at, at+1)
		} else {
			fresh = append(fresh, row)
		}
	}
	for _, row := range fresh {
		at := slices.IndexFunc(old, func(o map[string]any) bool { return rowName(o) == rowName(row) })
		if at < 0 {
			text := "has " + rowName(row)
			if fields := rowFields(row, nil); fields != "" {
				text += " (" + fields + ")"
			}
			all = append(all, text)
			continue
		}
		if fields := rowFields(row, old[at]); fields != "" {
			all = append(all, rowName(row)+" with "+fields)
		}
		old = slices.Delete(slices.Clone(old), at, at+1)
	}
	for _, row := range old {
		all = append(all, "lacks "+rowName(row))
	}
	return all
}

// rowsOf reads a list of objects; a text among them is an object that has a name.
func rowsOf(fact any) ([]map[string]any, bool) {
	list, ok := fact.([]any)
	if !ok {
		return nil, false
	}
	rows := make([]map[string]any, 0, len(list))
	for _, item := range list {
		row, ok := item.(map[string]any)
		if !ok {
			row = map[string]any{"name": fmt.Sprint(item)}
		}
		rows = append(rows, row)
	}
	return rows, true
}

// namingFields tell one row from another for a reader, the best first.
var namingFields = []string{"name", "scope", "image", "path", "clsid", "key", "value", "process", "source", "ref"}

func rowName(row map[string]any) string {
	for _, field := range namingFields {
		if name, ok := row[field].(string); ok && name != "" {
			return shortValue(name)
		}
	}
	return "an entry"
}

// rowFields tells the fields in which a row differs from another, or of a row alone the first that say something. Where it
// is written, and what other fields repeat, is left out.
func rowFields(row, old map[string]any) string {
	const most = 4
	var parts []string
	for _, field := range slices.Sorted(maps.Keys(row)) {
		value := row[field]
		switch {
		case strings.HasSuffix(field, "key") || strings.HasSuffix(field, "line") || strings.HasSuffix(field, "_from") ||
			slices.Contains([]string{"file", "ref", "overrides"}, field):
			continue
		case old != nil && reflect.DeepEqual(old[field], value):
			continue
		case old == nil && (strings.EqualFold(shortValue(value), rowName(row)) || value == ""):
			continue
		}
		if old == nil && !telling(field, value) {
			continue
		}
		if len(parts) == most {
			break
		}
		told := shortValue(value)
		if inner, ok := value.(map[string]any); ok && old != nil {
			outer, _ := old[field].(map[string]any)
			told = "(" + rowFields(inner, outer) + ")"
		}
		parts = append(parts, strings.ReplaceAll(field, "_", " ")+" "+told)
	}
	return strings.Join(parts, ", ")
}

// telling reports whether a field of a new row says something: a text, a short list of texts, or that it is switched off.
func telling(field string, value any) bool {
	switch value := value.(type) {
	case string:
		return true
	case bool:
		return field == "enabled" && !value
	case []any:
		return len(value) > 0 && len(value) <= 3 && reflect.TypeOf(value[0]) == reflect.TypeFor[string]()
	}
	return false
}

func shortValue(value any) string {
	text, ok := value.(string)
	if list, isList := value.([]any); isList && telling("", value) {
		var parts []string
		for _, item := range list {
			parts = append(parts, cmp.Or(fmt.Sprint(item), "the server"))
		}
		text, ok = strings.Join(parts, " and "), true
	}
	if !ok {
		content, _ := json.Marshal(value) // it was JSON before
		text = string(content)
	}
	if text == "" {
		return "empty"
	}
	const most = 60
	if letters := []rune(text); len(letters) > most {
		return string(letters[:most]) + "…"
	}
	return text
}
