package diff

import (
	"encoding/json"
	"slices"
	"strings"
)

// unevenScopes tells which places of IIS one side does not have, or did not see: what holds everywhere holds there, too, and is
// no change of each entry.
func unevenScopes(before, after snapshot) func(string) bool {
	seen := map[string]int{}
	var open []string
	for _, side := range []snapshot{before, after} {
		var apps []struct {
			Scope string `json:"scope"`
		}
		if json.Unmarshal(side.Facts["iis"]["apps"], &apps) == nil {
			for _, app := range apps {
				seen[strings.ToLower(app.Scope)]++
			}
		}
		for _, missing := range side.Collected["iis"].Missing {
			open = append(open, strings.ToLower(missing.Scope))
		}
	}
	return func(scope string) bool {
		scope = strings.ToLower(scope)
		for _, place := range open {
			if place == "" || scope == place || strings.HasPrefix(scope, place+"/") {
				return true
			}
		}
		// The longest application a place lies in.
		for at := scope; at != ""; at = at[:max(strings.LastIndex(at, "/"), 0)] {
			for _, app := range []string{at, at + "/"} {
				if n := seen[app]; n > 0 {
					return n == 1
				}
			}
		}
		return false
	}
}

// scopeChange lists the places an entry lost and gained, those left out that one side does not have.
func scopeChange(before, after json.RawMessage, uneven func(string) bool) Change {
	var lost, gained []string
	if json.Unmarshal(before, &lost) != nil || json.Unmarshal(after, &gained) != nil {
		return Change{Field: "scopes", Old: canonical(before), New: canonical(after)}
	}
	without := func(list, other []string) string {
		only := []string{}
		for _, scope := range list {
			if !slices.Contains(other, scope) && !uneven(scope) {
				only = append(only, scope)
			}
		}
		text, _ := json.Marshal(only) // strings always marshal
		return string(text)
	}
	return Change{Field: "scopes", Old: without(lost, gained), New: without(gained, lost)}
}
