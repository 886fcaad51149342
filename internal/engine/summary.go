package engine

import (
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

// rank is 0 for the worst stance.
func rank(stance exvet.Stance) int { return slices.Index(exvet.Stances(), stance) }
