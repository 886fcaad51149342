package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/report"
)

// run is the program: it reads arguments, writes results to stdout and everything else to stderr, and returns
// the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	context.AfterFunc(ctx, stop) // asked a second time, exvet ends at once
	root := rootCommand()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	return exitCode(root.ExecuteContext(ctx), stderr)
}

// A verdict ends a run that did its work with an exit code other than 0. The report has said why.
type verdict int

func (v verdict) Error() string { return fmt.Sprintf("exit %d", int(v)) }

// exitCode prints an error in one line and gives the code it ends the run with.
func exitCode(err error, stderr io.Writer) int {
	if err == nil {
		return exvet.ExitClean
	}
	var found verdict
	if errors.As(err, &found) {
		return int(found)
	}
	complain(stderr, err.Error())
	var refusal *exvet.Refusal
	if errors.As(err, &refusal) {
		return refusal.Code
	}
	return exvet.ExitFailure
}

// complain writes one line to standard error. Its text may come from a server.
func complain(stderr io.Writer, text string) {
	text = strings.ReplaceAll(strings.TrimSpace(text), "\n", "; ")
	fmt.Fprintf(stderr, "exvet: %s\n", report.Safe(text))
}

func rootCommand() *cobra.Command {
	var common parameters
	root := &cobra.Command{
		Use:   "exvet COMMAND",
		Short: "Vet third-party integrations on Microsoft Exchange Server",
		Long: "exvet looks at an Exchange server, or at a copy of its disk, and says which foreign code is wired into it,\n" +
			"what Microsoft supports of it, and what could not be seen.",
		Annotations:       exits(exvet.ExitClean, exvet.ExitInput),
		Example:           "  exvet scan evidence/ex01",
		Args:              subcommand,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return common.apply(cmd) },
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{
			DisableDefaultCmd: true, // completion.go has it, with exit codes in its help
		},
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return exvet.Refuse("usage/flag", "%w; see %s --help", err, cmd.CommandPath())
	})
	root.SetUsageTemplate(usage)
	common.register(root.PersistentFlags())
	root.AddCommand(
		scanCommand(),
		collectCommand(),
		diffCommand(),
		planCommand(),
		doctorCommand(),
		ruleCommand(),
		waiverCommand(),
		bundleCommand(),
		agentCommand(),
		schemaCommand(),
		hubCommand(),
		versionCommand(),
		completionCommand(),
	)
	return root
}

// subcommand refuses whatever follows a command that only holds others.
func subcommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, child := range cmd.Commands() {
		if child.IsAvailableCommand() {
			names = append(names, child.Name())
		}
	}
	return exvet.Refuse("usage/command", "%s has no command %q: use one of %s", cmd.CommandPath(), args[0], strings.Join(names, ", "))
}

// arguments refuses fewer than least or more than most arguments.
func arguments(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < least || len(args) > most {
			return exvet.Refuse("usage/arguments", "%d arguments given; the command is: %s", len(args), cmd.UseLine())
		}
		return nil
	}
}

// exits documents the exit codes of a command at the end of its help.
func exits(codes ...int) map[string]string {
	meaning := map[int]string{
		exvet.ExitClean:      "done",
		exvet.ExitFailure:    "exvet could not do its work",
		exvet.ExitFindings:   "a finding of stance unsupported, security, review or deprecated at or above --fail-on",
		exvet.ExitUnknown:    "else a required section was not seen whole, or a rule is in error",
		exvet.ExitInput:      "bad input, configuration, waivers or bundle content",
		exvet.ExitUntrusted:  "bundle signature missing, bad or replayed",
		exvet.ExitWrongBuild: "bundle needs another engine version",
	}
	if slices.Contains(codes, exvet.ExitFindings) {
		meaning[exvet.ExitClean] = "nothing counts, and everything required was seen"
	}
	var lines []string
	for _, code := range codes {
		lines = append(lines, fmt.Sprintf("  %d  %s", code, meaning[code]))
	}
	return map[string]string{"exits": strings.Join(lines, "\n")}
}

const usage = `Usage:
  {{.UseLine}}{{if .HasAvailableSubCommands}}

Commands:{{range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableInheritedFlags}}

Configuration:
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{with .Annotations.exits}}

Exit codes:
{{.}}{{end}}{{if .HasExample}}

Example:
{{.Example}}{{end}}
`
