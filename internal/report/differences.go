package report

import (
	"fmt"
	"strings"

	"github.com/exvet/exvet"
)

// maxDifferences is how many differences between servers are shown; JSON has them all.
const maxDifferences = 40

// differences shows what some servers have and others do not: where an organisation's servers are not alike. Those of the
// same servers stand together.
func (p *page) differences(all []exvet.Difference) {
	if len(all) == 0 {
		return
	}
	p.line(span{"WHERE THE SERVERS DIFFER", bold})
	groups := map[string][]exvet.Difference{}
	var order []string
	for _, d := range all[:min(len(all), maxDifferences)] {
		who := whose(d)
		if groups[who] == nil {
			order = append(order, who)
		}
		groups[who] = append(groups[who], d)
	}
	for _, who := range order {
		p.paragraph([]span{{"  ", plain}}, who, span{}, 3)
		for _, d := range groups[who] {
			p.paragraph([]span{{"    ", plain}, {pad(cut(Safe(string(d.Stance)), 11), 13), stanceStyle(d.Stance)}}, d.Subject, span{cut(Safe(d.Rule), 24), dim}, 2)
		}
	}
	if more := len(all) - maxDifferences; more > 0 {
		p.line(span{fmt.Sprintf("  and %s", count(more, "more difference")), dim})
	}
	p.blank()
}

// whose says on which servers a finding is.
func whose(d exvet.Difference) string {
	text := "found on " + strings.Join(d.Found, ", ")
	if len(d.Clear) > 0 {
		text += "; clear on " + strings.Join(d.Clear, ", ")
	}
	if len(d.Unknown) > 0 {
		text += "; not known of " + strings.Join(d.Unknown, ", ")
	}
	return text
}
