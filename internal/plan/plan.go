// Package plan says how to take an integration out of a server, prove the point, and put it back. It writes text for people
// to read and run; it runs nothing.
package plan

import (
	"slices"
	"strings"

	"github.com/exvet/exvet"
)

// Format is the number of the plan document.
const Format = 1

// A Document is the plans for the servers of a report. The same report gives the same bytes.
type Document struct {
	Format  int           `json:"format"`
	Exvet   exvet.Program `json:"exvet"`
	Report  Provenance    `json:"report"`
	Servers []Server      `json:"servers"`
}

// A Provenance names the report a plan was made from.
type Provenance struct {
	GeneratedAt string `json:"generated_at"` // RFC 3339
	Version     string `json:"version"`      // of the exvet that made it
}

// A Server is the plans for one server.
type Server struct {
	Name  string    `json:"name"`
	Build string    `json:"build"`
	Plans []Removal `json:"plans"` // worst stance first, as in the report
}

// A Removal takes one integration out, in order, and puts it back.
type Removal struct {
	Title      string       `json:"title"`
	Vendor     string       `json:"vendor"`
	Version    string       `json:"version"`
	Stance     exvet.Stance `json:"stance"`
	Confidence string       `json:"confidence"` // of the attribution
	Owner      string       `json:"owner"`
	Findings   []string     `json:"findings"` // what was found, one sentence each
	Cautions   []string     `json:"cautions"`
	Steps      []Step       `json:"steps"`
}

// A Phase is a part of a plan.
type Phase string

// The phases, in order.
const (
	Before      Phase = "before"      // scan, and back up what will be changed
	Preserve    Phase = "preserve"    // keep what an incident response needs
	Maintenance Phase = "maintenance" // take the server out of service
	Exclude     Phase = "exclude"     // ask the product to leave Exchange alone, before it is removed
	Disable     Phase = "disable"     // take it out, one entry after the other
	Restart     Phase = "restart"     // so that what is loaded goes
	Watch       Phase = "watch"       // whether the problem stays
	Prove       Phase = "prove"       // scan again and compare
	Restore     Phase = "restore"     // put everything back
)

// A Step is one thing to do.
type Step struct {
	Phase      Phase    `json:"phase"`
	Text       string   `json:"text"`
	Commands   []string `json:"commands"`   // lines for the Exchange Management Shell, run as administrator
	Undo       []string `json:"undo"`       // lines that take the step back
	Interrupts string   `json:"interrupts"` // what users notice, or ""
	Rules      []string `json:"rules"`      // ids the step is for
}

// Options choose what is planned.
type Options struct {
	Only []string // globs of integrations, as Integration.Like takes them; none plans for all that are not supported
}

// Make plans for each server of a report.
func Make(report *exvet.Report, options Options) *Document {
	document := &Document{
		Format: Format, Exvet: exvet.Program{Version: exvet.Version}, Servers: []Server{},
		Report: Provenance{GeneratedAt: report.GeneratedAt.UTC().Format("2006-01-02T15:04:05Z"), Version: report.Exvet.Version},
	}
	for i := range report.Servers {
		server := &report.Servers[i]
		planned := Server{Name: server.Server.Name, Build: server.Server.Build, Plans: []Removal{}}
		for _, integration := range server.Integrations {
			wanted := integration.Stance != exvet.Supported
			if len(options.Only) > 0 {
				wanted = slices.ContainsFunc(options.Only, integration.Like)
			}
			if wanted {
				planned.Plans = append(planned.Plans, remove(server, integration, len(planned.Plans)+1))
			}
		}
		document.Servers = append(document.Servers, planned)
	}
	return document
}

// remove plans for one integration, the nth of its server.
func remove(server *exvet.ServerReport, integration exvet.Integration, nth int) Removal {
	w := work{server: server, integration: integration, folder: backupFolder(nth)}
	w.findings()
	removal := Removal{
		Title: integration.Title(), Vendor: integration.Vendor, Version: integration.Version, Stance: integration.Stance,
		Confidence: integration.Confidence, Owner: integration.Owner, Findings: []string{}, Cautions: w.cautions(), Steps: []Step{},
	}
	for _, found := range slices.Concat(w.incident, w.change) {
		removal.Findings = append(removal.Findings, found.result.ID+": "+comment(found.finding.Message))
	}
	for _, part := range []func() []Step{
		w.before, w.preserve, w.maintenance, w.exclude, w.disable, w.restart, w.watch, w.prove, w.restore,
	} {
		for _, step := range part() {
			removal.Steps = append(removal.Steps, step.complete())
		}
	}
	return removal
}

// complete puts empty lists where there are none.
func (s Step) complete() Step {
	for _, list := range []*[]string{&s.Commands, &s.Undo, &s.Rules} {
		if *list == nil {
			*list = []string{}
		}
	}
	return s
}

// A found is a finding of the integration with its rule.
type found struct {
	result  *exvet.Result
	finding *exvet.Finding
}

// kind, place and name of the subject: "module:SITE/APP:NAME".
func (f found) subject() (kind, place, name string) {
	kind, rest, _ := strings.Cut(f.finding.Subject, ":")
	switch kind {
	case "module", "handler", "filter", "rewrite", "config":
		place, name, _ = strings.Cut(rest, ":")
		return kind, place, name
	}
	return kind, "", rest
}

// files are the files the evidence lies in.
func (f found) files() []string {
	var files []string
	for _, evidence := range f.finding.Evidence {
		ref, ok := strings.CutPrefix(evidence.Ref, "file:")
		if at := strings.LastIndex(ref, ":"); ok && at > 2 {
			files = append(files, ref[:at])
		}
	}
	return files
}

// places says where a finding is written and what stands there, for a step without a command.
func (f found) places() string {
	var parts []string
	for _, evidence := range f.finding.Evidence {
		_, ref, _ := strings.Cut(evidence.Ref, ":")
		part := comment(ref)
		if evidence.Value != "" {
			part += ": " + comment(evidence.Value)
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		return ""
	}
	return " Found in " + strings.Join(parts, "; ") + "."
}

// inherited reports whether a place above has the same entry of the same file and line, so that it is written there.
func (w *work) inherited(f found) bool {
	kind, place, name := f.subject()
	return place != "" && slices.ContainsFunc(w.change, func(other found) bool {
		otherKind, above, otherName := other.subject()
		return other.result.ID == f.result.ID && otherKind == kind && otherName == name && len(above) < len(place) &&
			(above == "" || strings.HasPrefix(place, strings.TrimSuffix(above, "/")+"/")) &&
			slices.Equal(other.finding.Evidence, f.finding.Evidence)
	})
}

// work is what a plan is made of.
type work struct {
	server      *exvet.ServerReport
	integration exvet.Integration
	folder      string // variable of PowerShell that holds the folder of backups
	found       []found
	incident    []found // those of stance security: kept, not taken out
	change      []found // those to take out
}

// findings collects those the integration's methods name, and tells what is to be taken out from what is to be kept.
func (w *work) findings() {
	for i := range w.server.Results {
		result := &w.server.Results[i]
		for j := range result.Findings {
			f := found{result, &result.Findings[j]}
			if !slices.ContainsFunc(w.integration.Methods, func(m exvet.Method) bool {
				return m.Rule == result.ID && m.Subject == f.finding.Subject
			}) {
				continue
			}
			w.found = append(w.found, f)
			switch {
			case result.Stance == exvet.Security:
				w.incident = append(w.incident, f)
			case result.Stance != exvet.Supported || w.integration.Stance == exvet.Supported:
				w.change = append(w.change, f)
			}
		}
	}
}

// has reports whether something of one of these kinds is to be taken out.
func (w *work) has(kinds ...string) bool {
	return slices.ContainsFunc(w.change, func(f found) bool {
		kind, _, _ := f.subject()
		return slices.Contains(kinds, kind)
	})
}

// clause reports whether something of the clause is to be taken out.
func (w *work) clause(clause string) bool {
	return slices.ContainsFunc(w.change, func(f found) bool { return f.result.Clause == clause })
}

// rules lists the ids of the rules of some findings, each once.
func rules(all []found) []string {
	ids := []string{}
	for _, f := range all {
		if !slices.Contains(ids, f.result.ID) {
			ids = append(ids, f.result.ID)
		}
	}
	return ids
}
