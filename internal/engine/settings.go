package engine

import (
	"strings"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/bundles"
)

// A ruleSetting is what settings make of one rule.
type ruleSetting struct {
	off *exvet.Setting // that leaves it out, or nil
	own exvet.Severity // before a setting changed it, or ""
}

// settle applies the settings of all bundles to the rules: of those like a rule the closest counts, the one without
// wildcards, else the longest, else the first. Each setting is told the rules it decides.
func settle(rules []bundles.Rule, infos []exvet.Bundle) []ruleSetting {
	settled := make([]ruleSetting, len(rules))
	for i := range rules {
		var graded, switched *exvet.Setting
		for b := range infos {
			for s := range infos[b].Settings {
				setting := &infos[b].Settings[s]
				if !like(setting.Rule, rules[i].ID) {
					continue
				}
				if setting.Severity != "" && closer(setting, graded) {
					graded = setting
				}
				if (setting.Severity == "" || !setting.Enabled) && closer(setting, switched) {
					switched = setting
				}
			}
		}
		if graded != nil {
			settled[i].own, rules[i].Severity = rules[i].Severity, graded.Severity
			graded.Rules = append(graded.Rules, rules[i].ID)
		}
		if switched != nil && switched != graded {
			switched.Rules = append(switched.Rules, rules[i].ID)
		}
		if switched != nil && !switched.Enabled {
			settled[i].off = switched
		}
	}
	return settled
}

// closer reports whether a setting is closer to the rules it is like than the best so far.
func closer(setting, best *exvet.Setting) bool {
	if best == nil {
		return true
	}
	if a, b := strings.ContainsAny(setting.Rule, "*?"), strings.ContainsAny(best.Rule, "*?"); a != b {
		return b
	}
	return len(setting.Rule) > len(best.Rule)
}
