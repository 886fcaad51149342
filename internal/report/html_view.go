package report

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/exvet/exvet"
)

// A view is what page.html shows. Its texts are as the report has them; the page makes them safe.
type view struct {
	Report      *exvet.Report
	Title       string
	Verdict     verdict
	Picture     picture
	Servers     []serverView
	Shared      []sharedProduct // products beside servers, where there are several
	Differences []exvet.Difference
	Rules       []ruleView
	Waivers     []waiverView
	Settings    []exvet.Setting
	Notes       []string
	Policy      string
	Style       template.CSS
	Script      template.JS

	Findings int // as they are shown, those of one cause folded into one
	Products int
	Listed   int // products the overviews list
}

// maxListed is how many products or differences the overviews list.
const maxListed = 200

// A verdict is the exit code in words.
type verdict struct{ Class, Headline string }

type serverView struct {
	*exvet.ServerReport
	Anchor   string
	Name     string
	About    string
	Stances  []int // findings no waiver covers, in the order of exvet.Stances
	Gaps     []gapView
	Products []productView
	Errors   []exvet.Result
	Waived   int // findings
}

type gapView struct {
	Label, Reason, There string
	Files, Rules         []string
}

type productView struct {
	Anchor  string
	Number  int // from 1, in the whole report
	Stance  exvet.Stance
	Title   string
	Notes   []string // vendor, signer and the like
	Parts   []partView
	Worst   exvet.Severity
	Clauses []string
	Count   int
	Rules   []ruleFindings
}

// A partView is where a product is: its folders, services and the like.
type partView struct {
	Label string
	Items []string
}

func partsOf(in exvet.Integration) []partView {
	var parts []partView
	for _, part := range []partView{
		{"folders", in.Folders}, {"services", in.Services}, {"modules", in.Modules}, {"agents", in.Agents},
		{"registry", in.Registry}, {"files", in.Files},
	} {
		if len(part.Items) > 0 && !slices.Equal(part.Items, []string{in.File}) {
			parts = append(parts, part)
		}
	}
	return parts
}

type ruleFindings struct {
	exvet.About
	OwnSeverity exvet.Severity // where a setting changed it
	Blocks      [][]claimView  // so that a browser need not lay out thousands at once
}

// blockSize is how many findings a block holds.
const blockSize = 50

type claimView struct {
	*exvet.Finding
	Anchor string
	Places []string // where else the same evidence holds
}

// A waiverView is a waiver in words: its state, when it ends, and its disposition and ticket.
type waiverView struct {
	exvet.WaiverUse
	Word, Ends, About string
}

// A ruleView is a rule with its status on each server, "" where it was not asked.
type ruleView struct {
	exvet.About
	Statuses []exvet.Status
}

// A sharedProduct is an integration with what it is on each server, nil where it is not.
type sharedProduct struct {
	Name   string
	Stance exvet.Stance
	On     []*exvet.Integration
}

func newView(r *exvet.Report) *view {
	v := &view{Report: r, Listed: maxListed, Picture: newPicture(r), Notes: allNotes(r), Waivers: waiversOf(r)}
	names := serverNames(r)
	for i := range r.Servers {
		v.Servers = append(v.Servers, v.server(&r.Servers[i], names[i], fmt.Sprintf("s%d", i+1)))
	}
	v.Title = "exvet: " + strings.Join(names[:min(len(names), 3)], ", ")
	if more := len(names) - 3; more > 0 {
		v.Title += " and " + count(more, "more server")
	}
	v.Verdict = verdictOf(r)
	for _, bundle := range r.Bundles {
		v.Settings = append(v.Settings, bundle.Settings...)
	}
	v.Rules = rulesOf(r)
	if len(r.Servers) > 1 {
		v.Shared = sharedOf(r)
		v.Differences = r.Differences[:min(len(r.Differences), maxListed)]
	}
	return v
}

func (v *view) server(s *exvet.ServerReport, name, anchor string) serverView {
	out := serverView{ServerReport: s, Anchor: anchor, Name: name, About: aboutServer(s), Stances: stanceCounts(s)}
	for _, g := range gaps(s) {
		at := gapView{Label: g.label(), Reason: g.reason, There: g.there(), Files: slices.Clone(g.files), Rules: g.rules}
		if len(g.files) == 1 && g.line > 0 {
			at.Files[0] = fmt.Sprintf("%s:%d", g.files[0], g.line)
		}
		out.Gaps = append(out.Gaps, at)
	}
	for _, p := range products(s) {
		out.Products = append(out.Products, v.product(s, p))
	}
	for _, result := range s.Results {
		if result.Status == exvet.Error {
			out.Errors = append(out.Errors, result)
		}
		out.Waived += len(result.Findings) - unwaived(result)
	}
	return out
}

func waiversOf(r *exvet.Report) []waiverView {
	var all []waiverView
	for _, use := range r.Waivers {
		at := waiverView{WaiverUse: use, Word: strings.ReplaceAll(string(use.State), "_", " ")}
		at.About = strings.Trim(strings.ReplaceAll(use.Disposition, "_", " ")+", "+use.Ticket, ", ")
		if day, err := time.Parse(time.DateOnly, use.Expires); err == nil {
			at.Ends = endsIn(day, r.GeneratedAt)
		}
		all = append(all, at)
	}
	return all
}

func (v *view) product(s *exvet.ServerReport, p product) productView {
	v.Products++
	out := productView{Anchor: fmt.Sprintf("p%d", v.Products), Number: v.Products, Stance: p.integration.Stance, Worst: exvet.Info}
	out.Title, out.Notes = titleAndNotes(s, p.integration)
	out.Parts = partsOf(p.integration)
	for _, group := range byRule(p.claims) {
		var claims []claimView
		for _, c := range group {
			v.Findings++
			at := claimView{Finding: c.finding, Anchor: fmt.Sprintf("f%d", v.Findings)}
			for _, subject := range c.same {
				at.Places = append(at.Places, placeOf(subject))
			}
			if c.finding.Severity.Rank() > out.Worst.Rank() {
				out.Worst = c.finding.Severity
			}
			out.Count += 1 + len(c.same)
			claims = append(claims, at)
		}
		rule := ruleFindings{About: group[0].result.About, OwnSeverity: group[0].result.OwnSeverity, Blocks: slices.Collect(slices.Chunk(claims, blockSize))}
		if clause := rule.Clause; clause != "-" && !slices.Contains(out.Clauses, clause) {
			out.Clauses = append(out.Clauses, clause)
		}
		out.Rules = append(out.Rules, rule)
	}
	slices.Sort(out.Clauses)
	return out
}

// verdictOf says what the exit code means for a reader who knows nothing of exit codes.
func verdictOf(r *exvet.Report) verdict {
	switch r.Exit.Code {
	case exvet.ExitClean:
		return verdict{"clean", "Nothing that counts was found, and everything required was seen."}
	case exvet.ExitUnknown:
		return verdict{"unknown", "Not everything that was required could be seen."}
	}
	worst := exvet.Supported
	for _, s := range r.Servers {
		for _, result := range s.Results {
			if r.Exit.Counts(result) && stanceWeight(result.Stance) > stanceWeight(worst) {
				worst = result.Stance
			}
		}
	}
	headline := map[exvet.Stance]string{
		exvet.Unsupported: "Third-party code is wired into Exchange in ways Microsoft does not support.",
		exvet.Security:    "There are signs of compromise or of weakened controls.",
		exvet.Review:      "Third-party code or changes need somebody to judge them.",
		exvet.Deprecated:  "Something works today that Microsoft is taking away.",
	}[worst]
	if headline == "" {
		headline = "Something was found."
	}
	return verdict{"found", headline}
}

func stanceCounts(s *exvet.ServerReport) []int {
	counts := make([]int, len(exvet.Stances()))
	for _, result := range s.Results {
		if at := slices.Index(exvet.Stances(), result.Stance); at >= 0 {
			counts[at] += unwaived(result)
		}
	}
	return counts
}

// rulesOf lists the rules of every server once, by id.
func rulesOf(r *exvet.Report) []ruleView {
	var all []ruleView
	at := map[string]int{}
	for i, s := range r.Servers {
		for _, result := range s.Results {
			n, ok := at[result.ID]
			if !ok {
				n = len(all)
				at[result.ID] = n
				all = append(all, ruleView{About: result.About, Statuses: make([]exvet.Status, len(r.Servers))})
			}
			all[n].Statuses[i] = result.Status
		}
	}
	slices.SortStableFunc(all, func(a, b ruleView) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// sharedOf puts the same product of several servers into one row, worst stance first.
func sharedOf(r *exvet.Report) []sharedProduct {
	var all []sharedProduct
	at := map[string]int{}
	for i := range r.Servers {
		s := &r.Servers[i]
		for j := range s.Integrations {
			in := &s.Integrations[j]
			name := in.Title()
			n, ok := at[name]
			if !ok {
				n = len(all)
				at[name] = n
				all = append(all, sharedProduct{Name: name, Stance: in.Stance, On: make([]*exvet.Integration, len(r.Servers))})
			}
			all[n].On[i] = in
			if stanceWeight(in.Stance) > stanceWeight(all[n].Stance) {
				all[n].Stance = in.Stance
			}
		}
	}
	slices.SortStableFunc(all, func(a, b sharedProduct) int {
		return cmp.Or(cmp.Compare(stanceWeight(b.Stance), stanceWeight(a.Stance)), cmp.Compare(a.Name, b.Name))
	})
	return all
}
