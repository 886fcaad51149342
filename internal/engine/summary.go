package engine

import (
	"cmp"
	"math"
	"path"
	"slices"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/bundles"
)

// choose gives the indexes of the rules whose id matches one of wanted, or any if there are none, and none of skipped, and
// that no setting leaves out; and the others. A glob that matches nothing is refused: it is a rule misspelt.
func (e *Engine) choose(wanted, skipped []string) (chosen []int, left []exvet.SkippedRule, err error) {
	for _, glob := range slices.Concat(wanted, skipped) {
		if _, err := path.Match(glob, ""); err != nil {
			return nil, nil, exvet.Refuse("rule/no-match", "%q is not a glob: %w", glob, err)
		}
		if !slices.ContainsFunc(e.rules, matches(glob)) {
			return nil, nil, exvet.Refuse("rule/no-match", "no rule has an id like %q; exvet rule list shows them", glob)
		}
	}
	left = []exvet.SkippedRule{}
	for i, rule := range e.rules {
		fits := func(glob string) bool { return matches(glob)(rule) }
		by, reason := "", ""
		switch off := e.settings[i].off; {
		case len(wanted) > 0 && !slices.ContainsFunc(wanted, fits):
			by = "--rule"
		case slices.ContainsFunc(skipped, fits):
			by = "--skip-rule"
		case off != nil:
			by, reason = e.owner(off), off.Reason
		default:
			chosen = append(chosen, i)
			continue
		}
		left = append(left, exvet.SkippedRule{ID: rule.ID, Title: rule.Title, By: by, Reason: reason})
	}
	if len(chosen) == 0 {
		return nil, nil, exvet.Refuse("rule/no-match", "no rule is left to ask; leave out fewer")
	}
	return chosen, left, nil
}

// owner names the bundle a setting belongs to.
func (e *Engine) owner(setting *exvet.Setting) string {
	for i := range e.bundles {
		for j := range e.bundles[i].Settings {
			if &e.bundles[i].Settings[j] == setting {
				return e.bundles[i].Name
			}
		}
	}
	return ""
}

func matches(glob string) func(bundles.Rule) bool {
	return func(rule bundles.Rule) bool {
		ok, err := path.Match(glob, rule.ID)
		return err == nil && ok
	}
}

// summarise counts results by status.
func summarise(results []exvet.Result) exvet.Summary {
	sum := exvet.Summary{Rules: len(results)}
	counts := map[exvet.Status]*int{
		exvet.Error: &sum.Error, exvet.NotApplicable: &sum.NotApplicable, exvet.Found: &sum.Found,
		exvet.Unknown: &sum.Unknown, exvet.Waived: &sum.Waived, exvet.Clear: &sum.Clear,
	}
	for _, result := range results {
		*counts[result.Status]++
	}
	if applicable := sum.Rules - sum.NotApplicable; applicable > 0 {
		sum.Coverage = math.Round(float64(sum.Found+sum.Clear+sum.Waived)/float64(applicable)*1e4) / 1e4
	}
	return sum
}

// integrations folds findings of every stance, waived ones too, into one entry for each product they are attributed to;
// those of no product into one for each file; the rest into one. Worst stance first, and what has no name last.
func integrations(results []exvet.Result) []exvet.Integration {
	type key struct{ product, file string }
	found := map[key]*exvet.Integration{}
	for _, result := range results {
		for _, finding := range result.Findings {
			at := key{product: finding.Integration}
			if at.product == "" {
				at.file = finding.Binary
			}
			entry := found[at]
			if entry == nil {
				// Who made a file is known once signatures are read; until then a product's name is a claim.
				entry = &exvet.Integration{Product: at.product, File: at.file, Stance: result.Stance, Confidence: "none"}
				if at.product != "" {
					entry.Confidence = "unverified"
				}
				found[at] = entry
			}
			if rank(result.Stance) < rank(entry.Stance) {
				entry.Stance = result.Stance
			}
			entry.Methods = append(entry.Methods, exvet.Method{Rule: result.ID, Stance: result.Stance, Subject: finding.Subject})
		}
	}
	list := make([]exvet.Integration, 0, len(found))
	for _, entry := range found {
		slices.SortFunc(entry.Methods, func(a, b exvet.Method) int {
			return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Subject, b.Subject))
		})
		entry.Methods = slices.Compact(entry.Methods)
		list = append(list, *entry)
	}
	slices.SortFunc(list, func(a, b exvet.Integration) int {
		return cmp.Or(rank(a.Stance)-rank(b.Stance), last(a.Product)-last(b.Product), cmp.Compare(a.Product, b.Product),
			last(a.File)-last(b.File), cmp.Compare(a.File, b.File))
	})
	return list
}

// rank is 0 for the worst stance.
func rank(stance exvet.Stance) int { return slices.Index(exvet.Stances(), stance) }

func last(name string) int {
	if name == "" {
		return 1
	}
	return 0
}
