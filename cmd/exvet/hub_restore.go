package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/hub/store"
)

func hubRestoreCommand() *cobra.Command {
	var data hubData
	cmd := &cobra.Command{
		Use:   "restore [flags] FILE",
		Short: "Fill an empty database with what hub backup wrote",
		Long: "Restore fills a database no hub has used yet, of SQLite or PostgreSQL, whichever the backup came from: also the way from one to the\n" +
			"other. All of it is written, or nothing.",
		Annotations: exits(exvet.ExitClean, exvet.ExitFailure, exvet.ExitInput),
		Example:     "  exvet hub restore hub-2026-11-24.backup --database postgres://exvet@db.contoso.example/exvet",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := arguments(1, 1)(cmd, args); err != nil {
				return err
			}
			file, err := os.Open(args[0])
			if err != nil {
				return exvet.Refuse("hub/backup", "%w", err)
			}
			defer file.Close()
			db, err := store.Open(cmd.Context(), data.address())
			if err != nil {
				return err
			}
			rows, err := db.Restore(cmd.Context(), file)
			if closing := db.Close(); err == nil {
				err = closing
			}
			if err != nil {
				return err
			}
			complain(cmd.ErrOrStderr(), fmt.Sprintf("%d rows are restored", rows))
			return nil
		},
	}
	data.define(cmd.Flags())
	return cmd
}
