package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/exvet/exvet"
)

func hubCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:         "hub COMMAND",
		Short:       "One page for many servers: receive what agents report, and show it",
		Annotations: exits(exvet.ExitClean, exvet.ExitInput),
		Example:     "  exvet hub serve",
		Args:        subcommand,
		RunE:        func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(hubServeCommand(), hubCodeCommand(), hubJoinCommand(), hubUserCommand(), hubBackupCommand(), hubRestoreCommand())
	return cmd
}

// A hubData says where a hub keeps what it knows.
type hubData struct{ dir, database string }

func (d *hubData) define(set *pflag.FlagSet) {
	set.StringVar(&d.dir, "data", "exvet-hub", "keep database, certificates and bundles in `DIRECTORY`")
	set.StringVar(&d.database, "database", "", "keep what servers report in `FILE` of SQLite, or in postgres://USER@HOST/NAME; hub.db in --data unless given")
}

// address is the database to open.
func (d *hubData) address() string {
	if d.database != "" {
		return d.database
	}
	return filepath.Join(d.dir, "hub.db")
}

// secretFile gives the first line of a file that holds a secret, or "" where none is named.
func secretFile(flag, file string) (string, error) {
	if file == "" {
		return "", nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", exvet.Refuse("hub/secret", "--%s: %w", flag, err)
	}
	line, _, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
	if line == "" {
		return "", exvet.Refuse("hub/secret", "--%s: %s is empty", flag, file)
	}
	return strings.TrimSpace(line), nil
}
