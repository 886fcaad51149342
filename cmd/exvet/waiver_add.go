package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/engine"
	"github.com/exvet/exvet/internal/orgdata"
)

func waiverAddCommand() *cobra.Command {
	var waiver exvet.Waiver
	var file, today string
	cmd := &cobra.Command{
		Use:   "add [flags] REPORT",
		Short: "Write a waiver for a finding of a report",
		Long: "Add takes a finding of a REPORT, written by exvet scan -o json, and writes a waiver for it to the end of a YAML file,\n" +
			"which is begun where there is none. What else the file holds stays as it is. Without --subject the rule's only finding\n" +
			"is taken; * and ? in it make the waiver cover more than one.",
		Annotations: exits(exvet.ExitClean, exvet.ExitFailure, exvet.ExitInput),
		Example: "  exvet waiver add report.json --waivers waivers.yaml --rule EXV-IIS-030 --subject pool:MSExchangeOWAAppPool \\\n" +
			"    --owner 'Mail team' --reason 'moved behind a proxy in March' --expires 2026-12-31",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := arguments(1, 1)(cmd, args); err != nil {
				return err
			}
			now, err := parseNow(today)
			if err != nil {
				return err
			}
			if err := complete(waiver, file); err != nil {
				return err
			}
			if waiver.Expired(now) {
				return exvet.Refuse("waiver/expired", "--expires %s is over already", waiver.Expires)
			}
			r, err := readReport(args[0], cmd.InOrStdin())
			if err != nil {
				return err
			}
			if waiver, err = ofFinding(r, waiver); err != nil {
				return err
			}
			text, err := orgdata.Append(file, waiver)
			if err != nil {
				return err
			}
			if err := deliver(cmd.OutOrStdout(), file, text); err != nil {
				return err
			}
			complain(cmd.ErrOrStderr(), fmt.Sprintf("%s waives %s %s until %s", file, waiver.Rule, waiver.Subject, waiver.Expires))
			return nil
		},
	}
	set := cmd.Flags()
	set.SortFlags = false
	set.StringVar(&file, "waivers", "", "write to `FILE`, in YAML")
	set.StringVar(&waiver.Rule, "rule", "", "`ID` of the rule that found it")
	set.StringVar(&waiver.Subject, "subject", "", "`SUBJECT` of the finding, as the report has it")
	set.StringVar(&waiver.Server, "server", "", "waive it on the server of this `NAME` only")
	set.StringVar(&waiver.Reason, "reason", "", "`WHY` it does not count")
	set.StringVar(&waiver.Owner, "owner", "", "`WHO` answers for it")
	set.StringVar(&waiver.Expires, "expires", "", "last `DATE` on which it holds, as 2026-12-31")
	set.StringVar(&waiver.Ticket, "ticket", "", "`NUMBER` or address of a ticket")
	set.StringVar(&waiver.Disposition, "disposition", "accepted", "`"+strings.Join(orgdata.Dispositions(), "|")+"`")
	set.StringVar(&today, "now", "", "what today is, as `RFC3339`")
	return cmd
}

// complete refuses a waiver that lacks what every one has.
func complete(waiver exvet.Waiver, file string) error {
	for _, required := range [][2]string{
		{"waivers", file}, {"rule", waiver.Rule}, {"owner", waiver.Owner}, {"reason", waiver.Reason}, {"expires", waiver.Expires},
	} {
		if strings.TrimSpace(required[1]) == "" {
			return exvet.Refuse("usage/waiver", "no --%s given; a waiver has a rule, an owner, a reason and an end date", required[0])
		}
	}
	if err := orgdata.CheckDate(waiver.Expires); err != nil {
		return exvet.Refuse("usage/waiver", "--expires %s", err.Error())
	}
	return orgdata.CheckDisposition("--disposition", waiver.Disposition)
}

// ofFinding refuses a waiver that no finding of the report is like, and fills in the subject of a rule's only one.
func ofFinding(r *exvet.Report, waiver exvet.Waiver) (exvet.Waiver, error) {
	wanted := waiver
	if wanted.Subject == "" {
		wanted.Subject = "*"
	}
	found := engine.Matching(r, wanted)
	switch {
	case len(found) == 0 && waiver.Subject == "":
		return waiver, exvet.Refuse("waiver/no-finding", "the report holds no finding of %s%s", waiver.Rule, onServer(waiver.Server))
	case len(found) == 0:
		return waiver, exvet.Refuse("waiver/no-finding", "the report holds no finding of %s with the subject %q%s; it has %s", waiver.Rule,
			waiver.Subject, onServer(waiver.Server), some(engine.Matching(r, exvet.Waiver{Rule: waiver.Rule, Subject: "*", Server: waiver.Server})))
	case len(found) > 1 && waiver.Subject == "":
		return waiver, exvet.Refuse("waiver/which", "the report holds %d findings of %s; pass --subject, one of %s", len(found), waiver.Rule, some(found))
	case waiver.Subject == "":
		waiver.Subject = found[0]
	}
	return waiver, nil
}

func onServer(name string) string {
	if name == "" {
		return ""
	}
	return " on a server like " + name
}

// some names a few subjects.
func some(subjects []string) string {
	const most = 5
	if len(subjects) == 0 {
		return "none of that rule"
	}
	text := strings.Join(subjects[:min(len(subjects), most)], ", ")
	if more := len(subjects) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
