package orgdata

import (
	"strings"

	"github.com/exvet/exvet"
)

// Settings reads the settings a bundle holds at a pointer of its data: {"rules": [...]}, each entry with a rule, a reason,
// an owner, and a severity or whether it is enabled. What does not keep to the form is an exvet.Refusal with file and line.
func Settings(source Source, pointer string, value any) ([]exvet.Setting, error) {
	r := &reader{source: source, reason: "setting/malformed"}
	top := r.object(pointer, value, "settings", "rules")
	settings, first := []exvet.Setting{}, map[string]string{}
	r.list(below(pointer, "rules"), top.fields["rules"], "settings.rules", func(pointer string, member any) {
		setting := r.setting(pointer, member)
		key := strings.ToLower(setting.Rule)
		if other, ok := first[key]; ok {
			r.refuse(pointer, "repeats the entry at %s: the same rule; keep one of them", r.source.where(other))
		}
		first[key] = pointer
		settings = append(settings, setting)
	})
	return settings, r.err
}

func (r *reader) setting(pointer string, value any) exvet.Setting {
	entry := r.object(pointer, value, "a setting", "rule", "severity", "enabled", "reason", "owner")
	setting := exvet.Setting{
		Rule: entry.text("rule", true), Reason: entry.text("reason", true), Owner: entry.text("owner", true),
		Enabled: true, Rules: []string{}, Source: r.source.where(pointer),
	}
	enabled, switched := entry.fields["enabled"]
	if setting.Enabled, _ = enabled.(bool); !switched {
		setting.Enabled = true
	} else if _, ok := enabled.(bool); !ok {
		r.refuse(below(pointer, "enabled"), "enabled is %s; it is true or false", kind(enabled))
	}
	if _, graded := entry.fields["severity"]; graded {
		severities := []string{}
		for _, severity := range exvet.Severities() {
			severities = append(severities, string(severity))
		}
		setting.Severity = exvet.Severity(entry.oneOf("severity", "", severities...))
	} else if !switched {
		r.refuse(pointer, "sets nothing; a setting has a severity, or enabled: false")
	}
	return setting
}
