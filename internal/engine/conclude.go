package engine

import (
	"fmt"
	"slices"
	"strings"

	"github.com/exvet/exvet"
)

// Never is the FailOn that lets no finding count.
const Never = exvet.FailNever

// ExitOptions say what makes a run end in something other than success.
type ExitOptions struct {
	FailOn  string   // lowest severity at which a finding counts, or "never"; "" is "medium"
	Require []string // sections that must be complete; nil is what the source can hold, "none" nothing
	Asked   []string // sections that were asked for besides; they must be complete where Require is nil
}

// Required lists the sections a source of any kind can hold today: those that must be complete unless the user says otherwise.
func Required() []string {
	return []string{"exchange", "iis", "services", "injection", "amsi", "events"}
}

// requiredWhereHeld lists the sections, or tables of one, that must be complete where the source holds any of the section's
// evidence. A copy of configuration alone has no file to look at, and says so; of one with files, those that are missing
// count. Programs and the assemblies of the machine take a copy of whole disks, scripts in web folders one of the folders.
func requiredWhereHeld() []string {
	return []string{"binaries", "processes", "transport", "files.web", "signatures"}
}

// requiredOf lists what must be complete of one server unless the user says otherwise.
func requiredOf(server exvet.ServerReport) []string {
	sections := Required()
	for _, required := range requiredWhereHeld() {
		section, _, _ := strings.Cut(required, ".")
		if found, ok := server.Collected[section]; ok && found.Status != exvet.Absent {
			sections = append(sections, required)
		}
	}
	return sections
}

// Check refuses a FailOn that is no severity.
func (o ExitOptions) Check() error {
	if o.FailOn == "" || o.FailOn == Never || exvet.Severity(o.FailOn).Rank() >= 0 {
		return nil
	}
	return exvet.Refuse("flag/fail-on", "%q is no severity; it is one of low, medium, high, critical, never", o.FailOn)
}

// Conclude fills in the verdict on the whole run.
func Conclude(report *exvet.Report, options ExitOptions) {
	exit := &report.Exit
	exit.FailOn, exit.Require = options.FailOn, []string{}
	if exit.FailOn == "" {
		exit.FailOn = string(exvet.Medium)
	}
	switch {
	case options.Require == nil:
		exit.Require = append(Required(), options.Asked...)
		for _, server := range report.Servers {
			for _, section := range requiredOf(server) {
				if !slices.Contains(exit.Require, section) {
					exit.Require = append(exit.Require, section)
				}
			}
		}
	case !slices.Contains(options.Require, "none"):
		exit.Require = slices.Compact(slices.Sorted(slices.Values(options.Require)))
	}
	open, failed, counting := 0, 0, false
	for _, server := range report.Servers {
		here := *exit
		if options.Require == nil {
			here.Require = append(requiredOf(server), options.Asked...)
		}
		for _, result := range server.Results {
			counting = counting || exit.Counts(result)
			switch {
			case result.Status == exvet.Error && here.Requires(result.Needs):
				failed++
			case here.LeavesOpen(result):
				open++
			}
		}
	}
	exit.Code, exit.Reason = conclusion(exit, counting, open, failed)
}

func conclusion(exit *exvet.Exit, counting bool, open, failed int) (int, string) {
	switch {
	case counting:
		return exvet.ExitFindings, "unsupported, security, review or deprecated at or above " + exit.FailOn
	case failed > 0 && open > 0:
		return exvet.ExitUnknown, fmt.Sprintf("%s in error and %s with facts of %s not seen", rules(failed), rules(open), and(exit.Require))
	case failed > 0:
		return exvet.ExitUnknown, rules(failed) + " in error"
	case open > 0:
		return exvet.ExitUnknown, fmt.Sprintf("%s with facts of %s not seen", rules(open), and(exit.Require))
	case exit.FailOn == Never:
		return exvet.ExitClean, "no finding is to count, " + seen(exit.Require)
	}
	return exvet.ExitClean, "nothing unsupported, security, review or deprecated at or above " + exit.FailOn + ", " + seen(exit.Require)
}

func rules(n int) string {
	if n == 1 {
		return "1 rule"
	}
	return fmt.Sprintf("%d rules", n)
}

func seen(require []string) string {
	if len(require) == 0 {
		return "and nothing was required to be seen"
	}
	return "and " + and(require) + " seen in full"
}

// and joins words as a sentence does: "a, b and c".
func and(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
