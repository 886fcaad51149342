package engine

import (
	"math"
	"path"
	"slices"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/bundles"
)

// choose gives the indexes of the rules whose id matches one of wanted, or any if there are none, and none of skipped. A glob
// that matches nothing is refused: it is a rule misspelt.
func (e *Engine) choose(wanted, skipped []string) ([]int, error) {
	for _, glob := range slices.Concat(wanted, skipped) {
		if _, err := path.Match(glob, ""); err != nil {
			return nil, exvet.Refuse("rule/no-match", "%q is not a glob: %w", glob, err)
		}
		if !slices.ContainsFunc(e.rules, matches(glob)) {
			return nil, exvet.Refuse("rule/no-match", "no rule has an id like %q; exvet rule list shows them", glob)
		}
	}
	var chosen []int
	for i, rule := range e.rules {
		fits := func(glob string) bool { return matches(glob)(rule) }
		if (len(wanted) == 0 || slices.ContainsFunc(wanted, fits)) && !slices.ContainsFunc(skipped, fits) {
			chosen = append(chosen, i)
		}
	}
	if len(chosen) == 0 {
		return nil, exvet.Refuse("rule/no-match", "no rule is left to ask; leave out fewer")
	}
	return chosen, nil
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
