// Package diff says what changed between two looks at a server: findings, and the objects they are about.
package diff

import (
	"cmp"
	"slices"
	"strings"

	"github.com/exvet/exvet"
)

// Format is the number of the document.
const Format = 1

// A Document is what changed. The same inputs give the same bytes.
type Document struct {
	Format  int      `json:"format"`
	Servers []Server `json:"servers"`  // by name
	OnlyOld []string `json:"only_old"` // servers the new side does not have
	OnlyNew []string `json:"only_new"` // servers the old side does not have
}

// A Server is what changed on one server.
type Server struct {
	Name     string    `json:"name"`
	Old      Stamp     `json:"old"`
	New      Stamp     `json:"new"`
	Updated  bool      `json:"updated"`  // Exchange's build is another: what is "still" there survived the update
	Findings []Finding `json:"findings"` // by state, worst first
	Objects  []Object  `json:"objects"`  // by kind and name; none where reports are compared
	Open     []Open    `json:"open"`     // kinds of objects that could not be compared
}

// A Stamp names one look at a server.
type Stamp struct {
	Build       string `json:"build"`
	CollectedAt string `json:"collected_at"` // RFC 3339
	SHA256      string `json:"sha256"`       // of the snapshot
}

// A State is what became of a finding.
type State string

// The states of findings, in the order they are shown in.
const (
	New      State = "new"      // was not found before
	Unwaived State = "unwaived" // was waived before
	Unknown  State = "unknown"  // was found before; now its rule saw too little to say
	Waived   State = "waived"   // is waived since
	Still    State = "still"    // is found as before
	Fixed    State = "fixed"    // is found no more, by a rule that saw what it needs
	Appeared State = "appeared" // the rule was not asked, or saw too little, before
)

func states() []State { return []State{New, Appeared, Unwaived, Unknown, Waived, Still, Fixed} }

// A Finding is what became of one finding.
type Finding struct {
	State    State          `json:"state"`
	Rule     string         `json:"rule"`
	Title    string         `json:"title"`
	Stance   exvet.Stance   `json:"stance"`
	Severity exvet.Severity `json:"severity"`
	Subject  string         `json:"subject"`
	Message  string         `json:"message"` // the new one, or the old where there is none
	Was      string         `json:"was"`     // the old message, where it is another
	Waived   bool           `json:"waived"`  // by a waiver of the new side
}

// Reports compares two reports. One server on each side is compared whatever it is called.
func Reports(before, after *exvet.Report) *Document {
	document := &Document{Format: Format, Servers: []Server{}, OnlyOld: []string{}, OnlyNew: []string{}}
	single := len(before.Servers) == 1 && len(after.Servers) == 1
	matched := map[int]bool{}
	for i := range before.Servers {
		at := slices.IndexFunc(after.Servers, func(s exvet.ServerReport) bool {
			return single || strings.EqualFold(name(&s), name(&before.Servers[i]))
		})
		if at < 0 || matched[at] {
			document.OnlyOld = append(document.OnlyOld, name(&before.Servers[i]))
			continue
		}
		matched[at] = true
		document.Servers = append(document.Servers, server(&before.Servers[i], &after.Servers[at]))
	}
	for i := range after.Servers {
		if !matched[i] {
			document.OnlyNew = append(document.OnlyNew, name(&after.Servers[i]))
		}
	}
	slices.SortStableFunc(document.Servers, func(a, b Server) int { return cmp.Compare(a.Name, b.Name) })
	slices.Sort(document.OnlyOld)
	slices.Sort(document.OnlyNew)
	return document
}

// name is what a server calls itself, else the source it was read from.
func name(s *exvet.ServerReport) string { return cmp.Or(s.Server.Name, s.Source, "unnamed server") }

func server(before, after *exvet.ServerReport) Server {
	stamp := func(s *exvet.ServerReport) Stamp {
		return Stamp{Build: s.Server.Build, CollectedAt: s.Snapshot.CollectedAt.UTC().Format("2006-01-02T15:04:05Z"), SHA256: s.Snapshot.SHA256}
	}
	return Server{
		Name: name(after), Old: stamp(before), New: stamp(after), Objects: []Object{}, Open: []Open{},
		Updated:  before.Server.Build != "" && after.Server.Build != "" && before.Server.Build != after.Server.Build,
		Findings: findings(before.Results, after.Results),
	}
}

type findingKey struct{ rule, subject string }

// index lists findings by rule and subject, the first of each, and the rules by id.
func index(results []exvet.Result) (map[findingKey]*exvet.Finding, map[string]*exvet.Result) {
	found, byID := map[findingKey]*exvet.Finding{}, map[string]*exvet.Result{}
	for i := range results {
		byID[results[i].ID] = &results[i]
		for j := range results[i].Findings {
			key := findingKey{results[i].ID, results[i].Findings[j].Subject}
			if found[key] == nil {
				found[key] = &results[i].Findings[j]
			}
		}
	}
	return found, byID
}

func findings(before, after []exvet.Result) []Finding {
	oldFound, oldRules := index(before)
	newFound, newRules := index(after)
	changes := []Finding{}
	add := func(state State, rule *exvet.Result, finding *exvet.Finding, was string) {
		changes = append(changes, Finding{
			State: state, Rule: rule.ID, Title: rule.Title, Stance: rule.Stance, Severity: finding.Severity,
			Subject: finding.Subject, Message: finding.Message, Was: was, Waived: state != Fixed && state != Unknown && finding.Waiver != nil,
		})
	}
	for key, finding := range newFound {
		old := oldFound[key]
		switch {
		case old == nil && unsure(oldRules[key.rule]):
			add(Appeared, newRules[key.rule], finding, "")
		case old == nil:
			add(New, newRules[key.rule], finding, "")
		default:
			was := ""
			if old.Message != finding.Message {
				was = old.Message
			}
			add(stays(old, finding), newRules[key.rule], finding, was)
		}
	}
	for key, old := range oldFound {
		if newFound[key] != nil {
			continue
		}
		state := Fixed
		if unsure(newRules[key.rule]) {
			state = Unknown
		}
		add(state, oldRules[key.rule], old, "")
	}
	slices.SortFunc(changes, func(a, b Finding) int {
		return cmp.Or(slices.Index(states(), a.State)-slices.Index(states(), b.State),
			slices.Index(exvet.Stances(), a.Stance)-slices.Index(exvet.Stances(), b.Stance), b.Severity.Rank()-a.Severity.Rank(),
			cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Subject, b.Subject))
	})
	return changes
}

func stays(before, after *exvet.Finding) State {
	switch {
	case before.Waiver == nil && after.Waiver != nil:
		return Waived
	case before.Waiver != nil && after.Waiver == nil:
		return Unwaived
	}
	return Still
}

// unsure reports whether a rule's not finding something says nothing: it was not asked, failed, or facts it needs were missing.
func unsure(result *exvet.Result) bool {
	return result == nil || result.Status == exvet.Error || result.Status == exvet.NotApplicable || len(result.Missing) > 0
}

// Counts reports whether a change makes a run that is to fail on what is new end in findings: an unwaived finding that was
// not there or was waived before, at or above a severity, "never" for none.
func (f Finding) Counts(failOn string) bool {
	rank := exvet.Severity(failOn).Rank()
	return (f.State == New || f.State == Appeared || f.State == Unwaived) && !f.Waived && f.Stance != exvet.Supported && rank >= 0 && f.Severity.Rank() >= rank
}
