package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/exvet/exvet"
)

// A claim is one finding with the rule that found it.
type claim struct {
	result  *exvet.Result
	finding *exvet.Finding
	same    []string // subjects of findings with the same evidence, shown in one line with this one
}

// key is what a method of an integration names a finding by.
type key struct{ rule, subject string }

// A product is an integration with the findings it is made of.
type product struct {
	integration exvet.Integration
	claims      []claim // worst first, those of one rule together, places of one cause folded into one
}

// products puts every finding below the product it belongs to, worst stance first.
func products(s *exvet.ServerReport) []product {
	findings := map[key][]claim{}
	for i := range s.Results {
		result := &s.Results[i]
		for j := range result.Findings {
			finding := &result.Findings[j]
			k := key{result.ID, finding.Subject}
			findings[k] = append(findings[k], claim{result: result, finding: finding})
		}
	}
	var all []product
	for _, in := range separate(s.Integrations) {
		var claims []claim
		for _, m := range in.Methods {
			k := key{m.Rule, m.Subject}
			claims = append(claims, findings[k]...)
			delete(findings, k)
		}
		all = append(all, product{in, fold(claims)})
	}
	// A finding no integration names must not be lost.
	for _, k := range slices.SortedFunc(maps.Keys(findings), func(a, b key) int {
		return cmp.Or(cmp.Compare(a.rule, b.rule), cmp.Compare(a.subject, b.subject))
	}) {
		stance := findings[k][0].result.Stance
		in := exvet.Integration{Stance: stance, Methods: []exvet.Method{{Rule: k.rule, Stance: stance, Subject: k.subject}}}
		all = append(all, product{in, fold(findings[k])})
	}
	slices.SortStableFunc(all, func(a, b product) int {
		return cmp.Compare(stanceWeight(b.integration.Stance), stanceWeight(a.integration.Stance))
	})
	return all
}

// byRule parts claims, sorted as fold leaves them, into those of each rule.
func byRule(claims []claim) [][]claim {
	var groups [][]claim
	for i, c := range claims {
		if i == 0 || claims[i-1].result.ID != c.result.ID {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], c)
	}
	return groups
}

// separate gives what nobody could attribute one entry a stance: it has nothing in common but that.
func separate(all []exvet.Integration) []exvet.Integration {
	var parts []exvet.Integration
	for _, in := range all {
		if in.Product != "" || in.Signer != "" || in.File != "" {
			parts = append(parts, in)
			continue
		}
		for _, stance := range exvet.Stances() {
			part := in
			part.Stance, part.Methods = stance, nil
			for _, m := range in.Methods {
				if m.Stance == stance {
					part.Methods = append(part.Methods, m)
				}
			}
			if len(part.Methods) > 0 {
				parts = append(parts, part)
			}
		}
	}
	return parts
}

func (p *page) product(s *exvet.ServerReport, all product) {
	in, claims := all.integration, all.claims
	right := span{count(len(in.Methods), "method"), dim}
	label := pad(cut(Safe(strings.ToUpper(string(in.Stance))), 13), 14)
	name := cut(Safe(title(s, in)), p.width-columns(label)-len(right.text)-2)
	p.row(right, span{label, stanceStyle(in.Stance)}, span{name, bold})
	for i, c := range claims {
		p.finding(s, c)
		if last := i == len(claims)-1 || claims[i+1].result.Alternative != c.result.Alternative; last && c.result.Alternative != "" {
			p.paragraph([]span{{"      ", plain}, {"instead", green}, {"   ", plain}}, c.result.Alternative, span{}, 3)
		}
	}
	p.blank()
}

// title names a product and what is known of it, or the file that stands for it.
func title(s *exvet.ServerReport, in exvet.Integration) string {
	name, known := titleAndNotes(s, in)
	if len(known) > 0 {
		name += " (" + strings.Join(known, ", ") + ")"
	}
	return name
}

func titleAndNotes(s *exvet.ServerReport, in exvet.Integration) (name string, known []string) {
	name = strings.TrimSpace(in.Product + " " + in.Version)
	if in.Product == "" {
		name = "unattributed"
		switch {
		case in.Signer != "":
			name += ": signed by " + in.Signer
		case in.File != "":
			name += ": " + shorten(in.File, s.Server.ExchangeRoot)
		case len(in.Methods) == 1:
			name += ": " + in.Methods[0].Subject
		}
	}
	if in.Vendor != "" && (in.Product != "" || in.Vendor != in.Signer) {
		known = append(known, in.Vendor)
	}
	switch {
	case in.Signer == "" || in.Product == "":
	case in.Signer == in.Vendor:
		known = append(known, "signed")
	default:
		known = append(known, "signed by "+in.Signer)
	}
	if in.Product != "" && (in.Confidence == "likely" || in.Confidence == "unverified") {
		known = append(known, "attribution "+in.Confidence)
	}
	if in.Owner != "" {
		known = append(known, "owner "+in.Owner)
	}
	return name, known
}

// fold sorts findings worst first, those of one rule together, and puts findings of one rule and one cause
// into one line.
func fold(claims []claim) []claim {
	slices.SortStableFunc(claims, func(a, b claim) int {
		return cmp.Or(
			cmp.Compare(stanceWeight(b.result.Stance), stanceWeight(a.result.Stance)),
			cmp.Compare(b.result.Severity.Rank(), a.result.Severity.Rank()),
			cmp.Compare(a.result.ID, b.result.ID),
			cmp.Compare(b.finding.Severity.Rank(), a.finding.Severity.Rank()),
			cmp.Compare(a.finding.Subject, b.finding.Subject),
		)
	})
	var folded []claim
	first := map[string]int{} // by cause, index in folded
	for _, c := range claims {
		cause := fmt.Sprintf("%s %s %t %q", c.result.ID, c.finding.Severity, c.finding.Waiver != nil, c.finding.Evidence)
		if at, ok := first[cause]; ok && len(c.finding.Evidence) > 0 {
			// The shortest subject stands for the others: the application, not the folders below it.
			if len(c.finding.Subject) < len(folded[at].finding.Subject) {
				folded[at].finding, c.finding = c.finding, folded[at].finding
			}
			folded[at].same = append(folded[at].same, c.finding.Subject)
			continue
		}
		first[cause] = len(folded)
		folded = append(folded, c)
	}
	return folded
}

// maxEvidence is how many places a finding shows; JSON has them all.
const maxEvidence = 3

func (p *page) finding(s *exvet.ServerReport, c claim) {
	const indent = "                "
	clause := c.result.Clause
	if c.result.Basis == "inference" && clause != "-" && clause != "S" {
		clause = "~" + clause
	}
	head := []span{
		{"  ", plain},
		{pad(cut(Safe(string(c.finding.Severity)), 8), 8), severityStyle(c)},
		{"  " + pad(cut(Safe(clause), 3), 4), plain},
	}
	p.paragraph(head, c.finding.Message, span{cut(Safe(c.result.ID), 24), dim}, 5)
	if c.result.Basis == "inference" && strings.HasPrefix(clause, "~") && !strings.Contains(c.finding.Message, "consistent with") {
		p.line(span{indent + "inferred: consistent with " + cut(Safe(c.result.Clause), 3) + ", which does not name it", dim})
	}
	for i, e := range c.finding.Evidence {
		if i == maxEvidence {
			p.line(span{indent + "and " + count(len(c.finding.Evidence)-i, "more line"), dim})
			break
		}
		p.line(span{indent + cut(Safe(shorten(e.Ref, s.Server.ExchangeRoot)), p.width-len(indent)), dim})
	}
	if n := len(c.same); n > 0 {
		more := "... and " + count(n, "more place") + ": "
		for i, subject := range c.same[:min(n, 20)] {
			if i > 0 {
				more += ", "
			}
			more += placeOf(subject)
		}
		p.line(span{indent + cut(Safe(more), p.width-len(indent)), dim})
	}
	if w := c.finding.Waiver; w != nil {
		p.paragraph([]span{{indent, plain}}, waiverLine(w), span{}, 3)
	}
}

// placeOf is the part of a subject that says where: "module:Default Web Site/owa:Gate" is in Default Web Site/owa.
func placeOf(subject string) string {
	_, rest, _ := strings.Cut(subject, ":")
	if at := strings.LastIndex(rest, ":"); at > 0 {
		return rest[:at]
	}
	return subject
}

func severityStyle(c claim) style {
	if c.finding.Waiver != nil {
		return dim
	}
	if c.finding.Severity.Rank() >= exvet.High.Rank() {
		return stanceStyle(c.result.Stance)
	}
	return plain
}

// shorten makes a reference fit to read: no "file:", paths from the folder Exchange is installed in, and the
// configuration of IIS by its name alone.
func shorten(ref, root string) string {
	path := strings.TrimPrefix(ref, "file:")
	lower := strings.ToLower(path)
	if prefix := strings.ToLower(root) + `\`; root != "" && len(lower) == len(path) && strings.HasPrefix(lower, prefix) {
		return path[len(prefix):]
	}
	if strings.Contains(lower, `\system32\inetsrv\`) {
		return path[strings.LastIndex(path, `\`)+1:]
	}
	return path
}
