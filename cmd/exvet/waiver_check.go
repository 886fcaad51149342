package main

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/report"
)

// defaultDays is how long before its end a waiver is called expiring.
const defaultDays = 30

type waiverCheckFlags struct {
	waivers []string
	bundles []string
	days    int
	now     string
}

func waiverCheckCommand() *cobra.Command {
	var flags waiverCheckFlags
	cmd := &cobra.Command{
		Use:   "check [flags] [REPORT...]",
		Short: "Say which waivers are unused, expired, about to expire, or name no rule",
		Long: "Check reads waivers from files and bundles and says what is wrong with them, one line each. With a REPORT, written by\n" +
			"exvet scan -o json, it also says which are about nothing that was found; without one it cannot.",
		Annotations: waiverCheckExits(),
		Example:     "  exvet waiver check --waivers waivers.yaml --days 14 report.json",
		RunE: func(cmd *cobra.Command, args []string) error {
			return checkWaivers(cmd, flags, args)
		},
	}
	set := cmd.Flags()
	set.SortFlags = false
	set.StringArrayVar(&flags.waivers, "waivers", nil, "check the waivers in `FILE`: YAML, JSON or Jsonnet; repeatable")
	set.StringArrayVar(&flags.bundles, "bundle", nil, "check the waivers of the bundle in `DIR`, and know its rules; repeatable")
	set.IntVar(&flags.days, "days", defaultDays, "call a waiver expiring when it ends within `N` days")
	set.StringVar(&flags.now, "now", "", "what today is, as `RFC3339`")
	return cmd
}

func waiverCheckExits() map[string]string {
	return map[string]string{"exits": "  0  every waiver is of use\n  1  exvet could not do its work\n" +
		"  2  a waiver is unused, expired, about to expire, or names no rule\n  4  bad input, waivers or bundle content"}
}

func checkWaivers(cmd *cobra.Command, flags waiverCheckFlags, names []string) error {
	now, err := parseNow(flags.now)
	if err != nil {
		return err
	}
	if len(flags.waivers)+len(flags.bundles) == 0 {
		return exvet.Refuse("usage/arguments", "no waivers given; pass --waivers FILE or --bundle DIR")
	}
	if flags.days < 0 {
		return exvet.Refuse("usage/days", "--days %d is below 0", flags.days)
	}
	waivers, err := readWaivers(cmd.Context(), flags.waivers)
	if err != nil {
		return err
	}
	rules, err := loadEngine(cmd.Context(), flags.bundles)
	if err != nil {
		return err
	}
	var servers []exvet.ServerReport
	for _, name := range names {
		r, err := readReport(name, cmd.InOrStdin())
		if err != nil {
			return err
		}
		servers = append(servers, r.Servers...)
	}
	uses := rules.Waivers(servers, waivers, now)
	if worth := tellWaivers(cmd.OutOrStdout(), uses, flags.days, now); worth > 0 {
		return verdict(exvet.ExitFindings)
	}
	return nil
}

// tellWaivers writes one line for each waiver that wants a hand, and one of totals. It gives their number.
func tellWaivers(w io.Writer, uses []exvet.WaiverUse, soon int, now time.Time) int {
	found := map[exvet.WaiverState]int{}
	wanting, expiring := 0, 0
	for _, use := range uses {
		found[use.State]++
		word, text := string(use.State), ""
		left := use.DaysLeft(now)
		switch {
		case use.State == exvet.WaiverExpired:
			text = fmt.Sprintf("ended %s; renew it or take it out", use.Expires)
		case use.State == exvet.WaiverUnknownRule:
			word, text = "unknown rule", "no rule has an id like it; exvet rule list shows them"
		case use.State == exvet.WaiverUnused:
			text = "nothing found is like it; take it out"
		case left <= soon:
			expiring++
			word, text = "expiring", fmt.Sprintf("ends %s, in %s; renew it or mend what it waives", use.Expires, many(left, "day"))
		default:
			continue
		}
		wanting++
		fmt.Fprintf(w, "%-12s  %s  %s  %s: %s (owner %s)\n", word, report.Safe(use.Source), report.Safe(use.Rule), report.Safe(use.Subject),
			text, report.Safe(use.Owner))
	}
	fmt.Fprintf(w, "%s: %d used, %d unused, %d expired, %d expiring, %d of unknown rules", many(len(uses), "waiver"), found[exvet.WaiverUsed],
		found[exvet.WaiverUnused], found[exvet.WaiverExpired], expiring, found[exvet.WaiverUnknownRule])
	if n := found[exvet.WaiverUndecided]; n > 0 {
		fmt.Fprintf(w, "; %d cannot be told from what was given", n)
	}
	fmt.Fprintln(w)
	return wanting
}
