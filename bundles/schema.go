package bundles

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/exvet/exvet"
)

// metadata reads one METADATA block against the closed schema and keeps, of each key, the first thing that does not fit.
type metadata struct {
	note   *ast.Annotations
	faults faults
	told   map[string]bool // by key
}

// The forms of METADATA values.
var (
	topKey    = exvet.Pattern(`^# ([^\s#:]+):`)
	idForm    = exvet.Pattern(`^[A-Z][A-Z0-9]*(-[A-Z0-9]+)+$`)
	pathForm  = exvet.Pattern(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$`)
	buildForm = exvet.Pattern(`^([0-9]+(\.[0-9]+){1,3})?$`)
)

func (m *metadata) about() (exvet.About, faults) {
	m.closed()
	about := exvet.About{
		ID: m.text("id", true), Title: m.note.Title, Description: strings.TrimSpace(m.note.Description),
		Stance: exvet.Stance(m.oneOf("stance", names(exvet.Stances()))), Severity: exvet.Severity(m.oneOf("severity", names(exvet.Severities()))),
		Clause: m.oneOf("clause", []string{"C1", "C2", "C3", "C4", "C5", "S", "-"}), Basis: m.oneOf("basis", []string{"kb", "inference"}),
		Needs: m.list("needs"), Roles: m.list("roles"),
		Since: m.text("since", false), Until: m.text("until", false),
		Remediation: m.text("remediation", true), Alternative: m.text("alternative", false), Repro: m.text("repro", false),
		References: []string{},
	}
	for _, related := range m.note.RelatedResources {
		about.References = append(about.References, related.Ref.String())
	}
	if strings.TrimSpace(about.Title) == "" {
		m.refuse("title", "METADATA without a title; say in one line what is found")
	}
	m.match("id", idForm(), []string{about.ID}, `"ACME-001"`)
	if len(about.Needs) == 0 {
		m.refuse("needs", "needs is empty; name the facts the rule reads, or it would be clear without having seen any")
	}
	m.match("needs", pathForm(), about.Needs, `a fact path such as "iis.modules"`)
	for _, role := range about.Roles {
		m.known("roles", role, []string{"mailbox", "client_access", "edge"})
	}
	m.match("since", buildForm(), []string{about.Since}, `a build such as "15.2.1118.7"`)
	m.match("until", buildForm(), []string{about.Until}, `a build such as "15.2.1118.7"`)
	return about, m.faults
}

// closed refuses keys that are not of the schema: OPA ignores them, and a misplaced "roles" would be no role at all.
func (m *metadata) closed() {
	known := []string{"title", "description", "related_resources", "custom", "scope"}
	for line := range strings.SplitSeq(string(m.note.Location.Text), "\n") {
		if key := topKey().FindStringSubmatch(line); key != nil && !slices.Contains(known, key[1]) {
			m.refuse(key[1], "unknown METADATA key %q; exvet's own go below custom", key[1])
		}
	}
	known = []string{"id", "stance", "severity", "clause", "basis", "needs", "roles", "since", "until",
		"remediation", "alternative", "repro"}
	for _, key := range slices.Sorted(maps.Keys(m.note.Custom)) {
		if !slices.Contains(known, key) {
			m.refuse(key, "unknown METADATA key custom.%s; there are %s", key, strings.Join(known, ", "))
		}
	}
}

// text gives a string below custom, trimmed.
func (m *metadata) text(key string, required bool) string {
	value, ok := m.note.Custom[key]
	text, isText := value.(string)
	switch {
	case ok && !isText:
		m.refuse(key, "METADATA custom.%s is %v, not a string; put it in quotes", key, value)
	case required && strings.TrimSpace(text) == "":
		m.refuse(key, "METADATA without custom.%s, which every rule has", key)
	}
	return strings.TrimSpace(text)
}

// list gives a list of strings below custom, never nil.
func (m *metadata) list(key string) []string {
	list := []string{}
	value, ok := m.note.Custom[key]
	if !ok {
		return list
	}
	values, isList := value.([]any)
	if !isList {
		m.refuse(key, "METADATA custom.%s is %v, not a list; write [%v]", key, value, value)
	}
	for _, value := range values {
		text, isText := value.(string)
		if !isText {
			m.refuse(key, "METADATA custom.%s holds %v, not a string; put it in quotes", key, value)
		}
		list = append(list, text)
	}
	return list
}

func (m *metadata) oneOf(key string, allowed []string) string {
	text := m.text(key, true)
	m.known(key, text, allowed)
	return text
}

func (m *metadata) known(key, text string, allowed []string) {
	if !slices.Contains(allowed, text) {
		m.refuse(key, "METADATA custom.%s is %q; it is one of %s", key, text, strings.Join(allowed, ", "))
	}
}

func (m *metadata) match(key string, form *regexp.Regexp, texts []string, want string) {
	for _, text := range texts {
		if !form.MatchString(text) {
			m.refuse(key, "METADATA custom.%s has %q, which is not %s", key, text, want)
		}
	}
}

// refuse keeps the first refusal of a key, with its line where it has one.
func (m *metadata) refuse(key, format string, args ...any) {
	if m.told[key] {
		return
	}
	if m.told == nil {
		m.told = map[string]bool{}
	}
	m.told[key] = true
	row := m.note.Location.Row
	for i, line := range strings.Split(string(m.note.Location.Text), "\n") {
		if strings.HasPrefix(strings.TrimLeft(line, "# "), key+":") {
			row += i
			break
		}
	}
	m.faults = append(m.faults, exvet.Refuse("bundle/metadata", "%s:%d: %s", m.note.Location.File, row, fmt.Sprintf(format, args...)))
}

// names turns words into strings.
func names[T ~string](words []T) []string {
	texts := make([]string, len(words))
	for i, word := range words {
		texts[i] = string(word)
	}
	return texts
}
