package main

import (
	"bytes"
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/collectors"
	"github.com/exvet/exvet/internal/engine"
	"github.com/exvet/exvet/internal/report"
)

func doctorCommand() *cobra.Command {
	var outputs []string
	var flags scanFlags
	cmd := &cobra.Command{
		Use:   "doctor [flags] SOURCE",
		Short: "Say what can be read here, what would be unknown, and why",
		Long: "Doctor looks at a SOURCE as scan does and says which sections of facts it can deliver to this account, which rules\n" +
			"would stay unknown and why, and what to do about it. It judges nothing.",
		Annotations: exits(exvet.ExitClean, exvet.ExitFailure, exvet.ExitUnknown, exvet.ExitInput, exvet.ExitUntrusted, exvet.ExitWrongBuild),
		Example:     "  exvet doctor evidence/ex01",
		Args:        arguments(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return examine(cmd.Context(), args, outputs, flags, cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	set := cmd.Flags()
	set.SortFlags = false
	set.StringArrayVarP(&outputs, "output-format", "o", nil, "as `FORMAT[=FILE]`: json, text; repeatable (default text)")
	set.BoolVar(&flags.noColor, "no-color", false, "no colour, as with the environment variable NO_COLOR")
	flags.define(cmd)
	return cmd
}

func examine(ctx context.Context, names, formats []string, flags scanFlags, stdin io.Reader, stdout, stderr io.Writer) error {
	outputs, err := parseOutputs(formats, []string{"json", "text"})
	if err != nil {
		return err
	}
	if err := checkSources(names); err != nil {
		return err
	}
	now, err := parseNow("")
	if err != nil {
		return err
	}
	judge := judgement{flags: flags, now: now, stdin: stdin, tell: func(s *source) { s.tell(stderr, true) }}
	judged, err := judge.all(ctx, names)
	if err != nil {
		return err
	}
	engine.Conclude(judged, engine.ExitOptions{FailOn: engine.Never})
	found := report.Examine(&judged.Servers[0], judged.Exit.Require, guides())
	rendered := make([]bytes.Buffer, len(outputs))
	for i, o := range outputs {
		options := report.Options{}
		if o.file == "" {
			options = screenOptions(stdout, flags.noColor)
		}
		if err := report.WriteExamination(&rendered[i], o.format, found, options); err != nil {
			return err
		}
	}
	if err := deliverAll(stdout, outputs, rendered); err != nil {
		return err
	}
	if judged.Exit.Code != exvet.ExitClean {
		return verdict(judged.Exit.Code)
	}
	return nil
}

// guides say of each section what it is about and how to get one that is missing.
func guides() map[string]report.Guide {
	advice := map[string]string{
		"exchange":     `Copy the SOFTWARE hive (C\Windows\System32\config\SOFTWARE with its .LOG files), or an export of HKLM\SOFTWARE\Microsoft\ExchangeServer below exvet\registry.`,
		"iis":          `Copy C\Windows\System32\inetsrv\config, C\Windows\Microsoft.NET\Framework64\v4.0.30319\Config, C\inetpub\wwwroot, and the web.config files below Exchange's FrontEnd and ClientAccess folders.`,
		"services":     `Copy the SYSTEM hive (C\Windows\System32\config\SYSTEM with its .LOG files), or reg export HKLM\SYSTEM\CurrentControlSet\Services into exvet\registry.`,
		"injection":    `Copy the SYSTEM, SOFTWARE and DEFAULT hives with their .LOG files, or reg export their keys into exvet\registry.`,
		"amsi":         `Copy the SOFTWARE hive with its .LOG files, or reg export HKLM\SOFTWARE\Microsoft\AMSI and HKLM\SOFTWARE\Classes\CLSID into exvet\registry.`,
		"events":       `Copy Application.evtx, System.evtx and MSExchange Management.evtx from C\Windows\System32\winevt\Logs.`,
		"binaries":     `Copy the programs and DLLs that are named, and C\Windows\System32\CatRoot, whose catalogs vouch for the files of Windows; or scan on the server, or use collect --raw there.`,
		"signatures":   `A copied disk cannot be asked: scan on the server, or use collect --raw there.`,
		"files":        `Copy Exchange's FrontEnd, ClientAccess and Bin folders and C\inetpub\wwwroot whole, not their configuration files alone; or scan on the server.`,
		"transport":    `Copy Exchange's TransportRoles\Shared folder and Bin\*.exe.config.`,
		"processes":    `A copied disk holds none: scan on the server as administrator, or use collect --raw there. A pool without a worker process has to be warm: open Outlook on the web first.`,
		"organisation": `Run the read-only cmdlets of the documentation on the server and put their output below exvet\cmdlets.`,
		"probes":       `Collect again with the bundle that asks: exvet collect --bundle.`,
	}
	all := map[string]report.Guide{}
	for _, collector := range collectors.All() {
		all[collector.Name] = report.Guide{About: collector.About, Advice: advice[collector.Name]}
	}
	return all
}
